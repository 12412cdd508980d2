"""The rules for existing pages, a file by family; a code means the same fault here and in a profile."""
