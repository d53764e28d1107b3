"serve": ("serve", "answer predictions over HTTP, with metrics"),
"pipeline": ("training_pipeline", "train by the pipeline: the steps that are not up to date"),
"step": ("steps", "run one step of the pipeline"),
"env-fingerprint": ("fingerprint", "print what identifies the environment"),
