"""Records in, answers to queries out: Whoosh's schema, the query language, search and related questions."""
