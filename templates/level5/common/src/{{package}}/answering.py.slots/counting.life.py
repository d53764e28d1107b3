self.meter.tick()
