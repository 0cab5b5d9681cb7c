"""Rule files: from YAML to rules and term lists, with every error at its place."""
