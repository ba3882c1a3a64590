"""Many articles at a time: engines that turn inputs into ArticleResults, in input order."""
