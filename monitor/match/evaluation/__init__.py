"""One query against one article: what the query needs, and what it finds among the words of the article."""
