self.candidate_answers = Counter(
    "model_candidate_answers",
    "Rows that the candidate of a rollout answered, failed to answer, or answered as a shadow",
    ["model_version", "outcome"],
    registry=registry,
)
