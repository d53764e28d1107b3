self.router = Router(live, self.telemetry.candidate_answers)
