package io.kiln.spark.job;

/** The version of this Kiln: what its jar says of itself. */
public final class KilnVersion {
  private KilnVersion() {}

  /** The version, or {@code development} when the classes are in no jar. */
  public static String current() {
    String version = KilnVersion.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
