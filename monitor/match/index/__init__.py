"""Many rules against one article: which few could match, and where those that do matched."""
