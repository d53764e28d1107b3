artifact = with_cluster(config, artifact)
