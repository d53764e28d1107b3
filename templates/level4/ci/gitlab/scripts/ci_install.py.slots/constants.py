SERVICE = "GitLab"
KIND = "Pipeline"
FOUND = Path(".gitlab-ci.yml")
