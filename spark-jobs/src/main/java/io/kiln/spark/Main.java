package io.kiln.spark;

/** Entry point of every command: {@code kiln COMMAND …}. */
public final class Main {
  private Main() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] args) {
    System.exit(Commands.line().execute(args));
  }
}
