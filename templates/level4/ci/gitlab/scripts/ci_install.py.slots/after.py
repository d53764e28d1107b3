include(repository, target)
