package io.kiln.spark.fit;

import io.kiln.nn.config.ConfigException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Errors of the folder that the user gave for what fits save. They are no fault of a fit, so they
 * end a sweep instead of one of its trials.
 */
public final class OutFolder {
  private static final String OPTION = "--out: ";

  private OutFolder() {}

  /** An error of the folder, with what is wrong and what to do. */
  static ConfigException wrong(String text, IOException cause) {
    ConfigException wrong = new ConfigException(OPTION + text);
    wrong.initCause(cause);
    return wrong;
  }

  /** Whether the folder is at fault: it, or a cause of it, is such an error. */
  public static boolean isAtFault(Throwable trouble) {
    for (@Nullable Throwable e = trouble; e != null; e = e.getCause()) {
      if (e instanceof ConfigException && String.valueOf(e.getMessage()).startsWith(OPTION)) {
        return true;
      }
    }
    return false;
  }
}
