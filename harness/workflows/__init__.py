"""What a user asks for, end to end: the only place where adapters meet the core."""
