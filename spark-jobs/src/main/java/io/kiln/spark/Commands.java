package io.kiln.spark;

import io.kiln.spark.cli.BenchCommand;
import io.kiln.spark.cli.CaptionCommand;
import io.kiln.spark.cli.ClusterCommand;
import io.kiln.spark.cli.DoctorCommand;
import io.kiln.spark.cli.EvaluateCommand;
import io.kiln.spark.cli.GenerateCommand;
import io.kiln.spark.cli.GradcheckCommand;
import io.kiln.spark.cli.Kiln;
import io.kiln.spark.cli.LsCommand;
import io.kiln.spark.cli.PredictCommand;
import io.kiln.spark.cli.ReportCommand;
import io.kiln.spark.cli.StyleCommand;
import io.kiln.spark.cli.SummaryCommand;
import io.kiln.spark.cli.SweepCommand;
import io.kiln.spark.cli.TrainCommand;
import io.kiln.spark.sweep.SweepJob;
import io.kiln.spark.train.CaptionJob;
import io.kiln.spark.train.DoctorJob;
import io.kiln.spark.train.EvaluateJob;
import io.kiln.spark.train.PredictJob;
import io.kiln.spark.train.StyleJob;
import io.kiln.spark.train.TableShape;
import io.kiln.spark.train.TrainJob;
import java.util.List;
import picocli.CommandLine;

/** All commands with their jobs. */
public final class Commands {
  private Commands() {}

  /** The command line. */
  public static CommandLine line() {
    // A job's class is loaded when the job runs: --help must not touch Spark.
    List<Object> commands =
        List.of(
            new TrainCommand((request, out) -> new TrainJob().run(request, out)),
            new SweepCommand((request, out) -> new SweepJob().run(request, out)),
            new EvaluateCommand((request, out) -> new EvaluateJob().run(request, out)),
            new PredictCommand((request, out) -> new PredictJob().run(request, out)),
            new CaptionCommand((request, out) -> new CaptionJob().run(request, out)),
            new GenerateCommand(),
            new StyleCommand((request, out) -> new StyleJob().run(request, out)),
            new DoctorCommand((request, out) -> new DoctorJob().run(request, out)),
            new SummaryCommand((config, root) -> TableShape.of(config, root)),
            new ReportCommand(),
            new LsCommand(),
            new GradcheckCommand(),
            new BenchCommand(),
            new ClusterCommand());
    return Kiln.with(commands);
  }
}
