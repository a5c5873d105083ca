package io.kiln.spark.cli;

import io.kiln.spark.job.KilnVersion;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {
      "kiln " + KilnVersion.current(),
      "JDK " + Runtime.version() + ", " + System.getProperty("os.arch")
    };
  }
}
