"""What conditions and texts are in SQL: names, terms in force, comparisons, stages."""
