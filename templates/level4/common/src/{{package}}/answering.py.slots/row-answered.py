trial = self.router.trial
if trial is not None:
    trial.expose(prediction_id, row, served, answer.score)
