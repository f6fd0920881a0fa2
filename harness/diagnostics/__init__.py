"""What can be said apart from any score: of vectors and tokens (findings), of the texts of a suite (notes)."""
