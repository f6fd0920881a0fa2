"""Is it the same model behind two names? Opens both sides, asks, and asks for more where they differ.

Never through the vector cache: what is compared must be what the sides answer now.
"""

from __future__ import annotations

from harness.workflows.parity.compare import Compared, Request, compare, save

__all__ = ["Compared", "Request", "compare", "save"]
