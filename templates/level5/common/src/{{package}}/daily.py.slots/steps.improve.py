steps.append(["improve", "--unless-within", "10"])
