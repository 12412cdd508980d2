"""The published pages: what of a profile is shown, and how it reads in a browser."""
