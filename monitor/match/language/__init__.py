"""The query language: from what a person writes to a tree, to its canonical text, or to its errors."""
