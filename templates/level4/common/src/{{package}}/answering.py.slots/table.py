trial = self.router.trial
if trial is not None and trial.answers_with(served):
    return trial.table(table, inputs, served, self.record)
