package io.kiln.spark;

import io.kiln.spark.cli.ClusterCommand;
import io.kiln.spark.cli.Kiln;
import io.kiln.spark.cli.ReportCommand;
import java.util.List;

/** Entry point of every command: {@code kiln COMMAND …}. */
public final class Main {
  private Main() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] args) {
    System.exit(Kiln.with(List.of(new ReportCommand(), new ClusterCommand())).execute(args));
  }
}
