package io.kiln.spark.sweep;

import io.kiln.spark.report.SweepReport;
import io.kiln.spark.report.SweepReport.Trial;
import java.io.PrintStream;
import java.util.List;

/** Several trained networks that answer together. */
final class Together {
  private Together() {}

  static SweepReport.Ensemble of(Finishing sweep, List<Trial> trials, PrintStream out)
      throws Exception {
    throw new UnsupportedOperationException();
  }
}
