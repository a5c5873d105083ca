package io.kiln.spark.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of this Kiln: what its jar says of itself. */
public final class Version implements IVersionProvider {
  /** The version, or {@code development} when the classes are in no jar. */
  public static String current() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "kiln " + current(), "JDK " + Runtime.version() + ", " + System.getProperty("os.arch")
    };
  }
}
