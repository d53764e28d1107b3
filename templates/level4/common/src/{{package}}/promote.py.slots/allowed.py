print(f"Review     version {version.number} was approved by {require_review(config, version)}")
