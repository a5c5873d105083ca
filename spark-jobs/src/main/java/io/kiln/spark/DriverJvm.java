package io.kiln.spark;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Properties;
import org.apache.spark.launcher.JavaModuleOptions;

/**
 * The driver's JVM on a standalone cluster.
 *
 * <p>There {@code spark-submit --deploy-mode cluster} starts it without the options that Spark's
 * Kryo needs from JDK 17 on ({@code --add-opens java.base/java.nio=…}; Spark's own {@code
 * ClientEndpoint} leaves them out, its REST server and YARN do not), and every broadcast fails. A
 * JVM cannot open its own modules, so the command runs in a second one beside it.
 */
final class DriverJvm {
  /** Tells the second JVM whom it belongs to. */
  private static final String OWNER = "kiln.driver.owner";

  private DriverJvm() {}

  /** Whether this JVM is a driver that lacks what Spark needs. */
  static boolean lacksOptions(Properties properties, boolean open) {
    return properties.getProperty("spark.submit.deployMode", "").equals("cluster")
        && properties.getProperty("spark.master", "").startsWith("spark:")
        && properties.getProperty(OWNER) == null
        && !open;
  }

  /** Runs the command in a JVM with Spark's options if this one has none; its exit code. */
  static OptionalInt again(String[] args)
      throws IOException, InterruptedException, URISyntaxException {
    endWithOwner();
    boolean open =
        Object.class
            .getModule()
            .isOpen("java.nio", DriverJvm.class.getClassLoader().getUnnamedModule());
    if (!lacksOptions(System.getProperties(), open)) {
      return OptionalInt.empty();
    }
    Path jar = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Process process =
        new ProcessBuilder(
                command(
                    ManagementFactory.getRuntimeMXBean().getInputArguments(),
                    System.getProperty("java.class.path") + File.pathSeparator + jar,
                    List.of(args)))
            .inheritIO()
            .start();
    Thread stop = new Thread(() -> stop(process), "kiln-driver-stop");
    Runtime.getRuntime().addShutdownHook(stop);
    return OptionalInt.of(process.waitFor());
  }

  /** The command line of the second JVM: that of this one, with Spark's options for modules. */
  static List<String> command(List<String> jvm, String classPath, List<String> args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptionArray()));
    command.addAll(jvm);
    command.add("-D" + OWNER + "=" + ProcessHandle.current().pid());
    command.addAll(List.of("-cp", classPath, Main.class.getName()));
    command.addAll(args);
    return command;
  }

  /** SIGTERM to this JVM is one to the second, which saves a checkpoint first. */
  private static void stop(Process process) {
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the second JVM when the first one was killed. */
  private static void endWithOwner() {
    String owner = System.getProperty(OWNER);
    if (owner != null) {
      Thread watch =
          new Thread(
              () -> {
                ProcessHandle.of(Long.parseLong(owner)).ifPresent(first -> first.onExit().join());
                System.exit(1);
              },
              "kiln-driver-owner");
      watch.setDaemon(true);
      watch.start();
    }
  }
}
