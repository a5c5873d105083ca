package io.kiln.spark.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * One background JVM of a local cluster.
 *
 * @param name also the name of its log, e.g. {@code worker-1}
 * @param mainClass what it runs
 * @param arguments arguments of the main class
 */
record Daemon(String name, String mainClass, List<String> arguments) {
  private static final String MARK = "-Dkiln.cluster=";
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /**
   * Starts it, detached from this process: its output goes to {@code folder/logs/name.log}.
   *
   * @param folder the cluster's folder
   * @param jvm options and class path
   * @param environment what is added to this process's environment
   */
  Process start(Path folder, List<String> jvm, Map<String, String> environment) throws IOException {
    List<String> command = new ArrayList<>();
    // A closed terminal must not take the daemons with it.
    command.add("nohup");
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add(mark(folder));
    command.addAll(jvm);
    command.add(mainClass);
    command.addAll(arguments);
    Path log = log(folder);
    Files.createDirectories(log.getParent());
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    return builder.start();
  }

  Path log(Path folder) {
    return folder.resolve("logs").resolve(name + ".log");
  }

  /** The daemons of this folder that run now. */
  static List<ProcessHandle> running(Path folder) {
    String mark = mark(folder);
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return all.filter(
              process ->
                  Arrays.asList(process.info().arguments().orElse(new String[0])).contains(mark))
          .toList();
    }
  }

  /**
   * Ends processes and what they started: asks all at once, waits, and ends by force what does not
   * listen.
   */
  static void stop(List<ProcessHandle> processes) {
    List<ProcessHandle> family = new ArrayList<>(processes);
    processes.forEach(process -> family.addAll(process.descendants().toList()));
    processes.forEach(ProcessHandle::destroy);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (ProcessHandle member : family) {
      Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
      if (!ended(member, left)) {
        member.destroyForcibly();
        ended(member, PATIENCE);
      }
    }
  }

  private static boolean ended(ProcessHandle process, Duration patience) {
    try {
      process.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (java.util.concurrent.ExecutionException e) {
      return !process.isAlive();
    }
  }

  private static String mark(Path folder) {
    return MARK + folder;
  }
}
