"""Pages and pictures of the documents that are made from boards' files and from results."""
