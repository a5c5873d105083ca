package io.kiln.nn.config;

/** A configuration that cannot be used: one line says where, what came and what was needed. */
public final class ConfigException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** An error with that line. */
  public ConfigException(String message) {
    super(message);
  }
}
