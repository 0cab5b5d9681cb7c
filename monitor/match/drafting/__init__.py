"""From example articles to a rule file: names, words, a query that holds for all of them, and tests."""
