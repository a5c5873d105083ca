package io.kiln.spark;

import java.util.OptionalInt;

/** Entry point of every command: {@code kiln COMMAND …}. */
public final class Main {
  private Main() {}

  /**
   * Runs one command and exits with its code.
   *
   * @throws Exception on YARN, if the code is not 0; see {@link Ended}
   */
  public static void main(String[] args) throws Exception {
    OptionalInt code = DriverJvm.again(args);
    Ended.with(
        code.isPresent() ? code.getAsInt() : Commands.line().execute(args),
        System.getProperties(),
        System::exit);
  }
}
