await run_in_threadpool(self.meter.tick, now=True)
