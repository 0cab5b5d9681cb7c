"""What is legal in rule files and probably not meant."""
