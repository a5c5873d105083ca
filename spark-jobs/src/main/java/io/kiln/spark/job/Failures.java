package io.kiln.spark.job;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.train.DivergedException;
import io.kiln.nn.train.NoCheckpointException;
import io.kiln.spark.cluster.AttemptFailedException;
import io.kiln.spark.cluster.ResourcesException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an exception means to the person at the command line: an exit code and one line. The only
 * place that knows.
 *
 * @param exitCode one of {@link ExitCodes}
 * @param line without {@code kiln:} in front and without a line break
 */
public record Failures(int exitCode, String line) {
  private static final int LONGEST_LINE = 1000;

  /** How Spark says where a task ran: {@code (TID 3) (10.0.0.2 executor 1)}. */
  private static final Pattern TASK =
      Pattern.compile("\\(TID \\d+\\) \\((\\S+) executor (\\S+)\\)");

  /** Makes one line of the text. */
  public Failures {
    line = line.replaceAll("\\s+", " ").strip();
    if (line.length() > LONGEST_LINE) {
      line = line.substring(0, LONGEST_LINE) + "…";
    }
  }

  /**
   * The meaning of an exception: that of the first known exception among itself, its causes, and
   * theirs. Spark wraps what tasks throw.
   */
  public static Failures of(Throwable thrown) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Throwable last = thrown;
    Throwable attempt = null;
    for (Throwable cause = thrown; cause != null && seen.add(cause); cause = cause.getCause()) {
      Failures known = known(cause);
      if (known != null) {
        boolean file = cause instanceof FileSystemException || cause instanceof FormatException;
        return file ? known.on(host(thrown)) : known;
      }
      attempt = attempt == null && cause instanceof AttemptFailedException ? cause : attempt;
      last = cause;
    }
    if (attempt != null) {
      return new Failures(ExitCodes.DIVERGED, message(attempt));
    }
    return last instanceof IOException
        ? new Failures(ExitCodes.UNREADABLE, message(last))
        : new Failures(
            ExitCodes.UNEXPECTED,
            "unexpected "
                + last.getClass().getSimpleName()
                + ": "
                + message(last)
                + "; --verbose shows where it comes from");
  }

  /** A file is on some machine; whose, is not obvious if it was not this one. */
  private Failures on(String host) {
    return host.isEmpty() ? this : new Failures(exitCode, line + " (on " + host + ")");
  }

  /** The machine whose task threw it; empty if none is known, or it was in this JVM. */
  private static String host(Throwable thrown) {
    if (thrown instanceof AttemptFailedException attempt) {
      return attempt.rank() < 0 ? "" : attempt.host();
    }
    Matcher task = TASK.matcher(String.valueOf(thrown.getMessage()));
    return task.find() && !task.group(2).equals("driver") ? task.group(1) : "";
  }

  private static @Nullable Failures known(Throwable e) {
    if (e instanceof ConfigException) {
      return new Failures(ExitCodes.USAGE, message(e));
    }
    if (e instanceof FormatException) {
      return new Failures(ExitCodes.UNREADABLE, message(e));
    }
    if (e instanceof FileSystemException file) {
      return of(file);
    }
    if (e instanceof DivergedException) {
      return new Failures(ExitCodes.DIVERGED, message(e));
    }
    if (e instanceof NoCheckpointException) {
      return new Failures(ExitCodes.NO_CHECKPOINT, message(e));
    }
    if (e instanceof ResourcesException) {
      return new Failures(ExitCodes.NO_RESOURCES, message(e));
    }
    if (e instanceof UnknownHostException) {
      return new Failures(
          ExitCodes.USAGE,
          "host: the name '"
              + message(e).replaceFirst(":.*", "")
              + "' does not resolve; correct it, or enter it in DNS or /etc/hosts (if it is this"
              + " machine's own, SPARK_LOCAL_IP=ADDRESS will do)");
    }
    if (e instanceof InvalidPathException path) {
      return new Failures(
          ExitCodes.USAGE,
          "path: '"
              + path.getInput()
              + "' has letters that this JVM's locale ("
              + System.getProperty("sun.jnu.encoding")
              + ") cannot write; set LC_ALL=C.UTF-8, for executors --conf"
              + " spark.executorEnv.LC_ALL=C.UTF-8");
    }
    if (e instanceof OutOfMemoryError) {
      return new Failures(
          ExitCodes.UNEXPECTED,
          "memory: "
              + message(e)
              + "; give more with spark.executor.memory and SPARK_DRIVER_MEMORY, or lower"
              + " train.batch-size");
    }
    return null;
  }

  private static Failures of(FileSystemException e) {
    String reason = e.getReason() == null ? "" : " (" + e.getReason() + ")";
    if (e instanceof NoSuchFileException) {
      String said = String.valueOf(e.getFile());
      boolean whole = said.contains("; "); // what reads data says what to do about it
      return new Failures(
          ExitCodes.UNREADABLE, whole ? said : said + ": there is no such file; check the path");
    }
    if (e instanceof AccessDeniedException) {
      return new Failures(
          ExitCodes.UNREADABLE,
          e.getFile() + ": it may not be read" + reason + "; check its permissions");
    }
    if (e instanceof FileAlreadyExistsException) {
      return new Failures(
          ExitCodes.USAGE, e.getFile() + ": it exists and is not overwritten; name another");
    }
    return new Failures(ExitCodes.UNREADABLE, message(e));
  }

  private static String message(Throwable e) {
    String message = e.getMessage();
    return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
  }
}
