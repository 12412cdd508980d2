"""A written reference to its record, field by field: `files` and `formats` read, `matching` decides."""
