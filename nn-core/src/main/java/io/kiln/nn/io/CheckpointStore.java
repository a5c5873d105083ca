package io.kiln.nn.io;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A folder of checkpoints that survives being killed at any moment.
 *
 * <p>A checkpoint is written under a temporary name, closed, read again and verified, and only then
 * given its name, {@code step-0000000120.safetensors}. A name is never used twice: if the step was
 * saved before (by a run that was resumed from an older one), it becomes {@code
 * step-0000000120-2.safetensors}. Only after that are the oldest beyond the last k removed.
 *
 * <p>One thread saves at a time.
 */
public final class CheckpointStore {
  /** An earlier Kiln wrote the digits of the user's country: these are found too. */
  private static final Pattern NAME =
      Pattern.compile("step-(\\p{Nd}{10,18})(?:-(\\p{Nd}{1,6}))?\\.safetensors");

  private static final Pattern TEMPORARY = Pattern.compile("\\.step-.*\\.tmp");

  private static final Comparator<Name> NEWEST_FIRST =
      Comparator.comparingLong(Name::step).thenComparingInt(Name::copy).reversed();

  private final Storage storage;
  private final String folder;
  private final int keep;
  private final Set<String> damagedNames = new HashSet<>();

  /**
   * What {@link #newest} found.
   *
   * @param checkpoint the newest that verifies, if any
   * @param path its file, or empty
   * @param damaged one line for each newer file that does not verify: what is wrong with it
   */
  public record Found(Optional<Checkpoint> checkpoint, String path, List<String> damaged) {
    /** Copies the list. */
    public Found {
      damaged = List.copyOf(damaged);
    }
  }

  /**
   * What {@link #newestHead} found.
   *
   * @param head of the newest that verifies, if any
   * @param path its file, or empty
   * @param damaged one line for each newer file that does not verify: what is wrong with it
   */
  public record FoundHead(Optional<CheckpointHead> head, String path, List<String> damaged) {
    /** Copies the list. */
    public FoundHead {
      damaged = List.copyOf(damaged);
    }
  }

  private record Name(String text, long step, int copy) {
    static Optional<Name> of(String text) {
      Matcher matcher = NAME.matcher(text);
      if (!matcher.matches()) {
        return Optional.empty();
      }
      String copy = matcher.group(2);
      return Optional.of(
          new Name(
              text, Long.parseLong(matcher.group(1)), copy == null ? 1 : Integer.parseInt(copy)));
    }

    static Name of(long step, int copy) {
      String suffix = copy == 1 ? "" : "-" + copy;
      return new Name(
          String.format(Locale.ROOT, "step-%010d%s.safetensors", step, suffix), step, copy);
    }
  }

  /**
   * A store in a folder, which need not exist yet.
   *
   * @param keep how many checkpoints stay, 1 or more
   */
  public CheckpointStore(Storage storage, String folder, int keep) {
    if (keep < 1) {
      throw new IllegalArgumentException(
          "checkpoints: keep " + keep + " came but 1 or more must stay");
    }
    this.storage = storage;
    this.folder = folder;
    this.keep = keep;
  }

  /**
   * Saves a checkpoint. When this returns, it is there and was verified; when it throws, the older
   * ones are untouched.
   *
   * @return its path
   * @throws IOException if it cannot be written, or does not read back as written
   */
  public String save(Checkpoint checkpoint) throws IOException {
    sweep();
    String temporary =
        at(String.format(Locale.ROOT, ".step-%010d.%s.tmp", checkpoint.step(), UUID.randomUUID()));
    Name saved;
    try {
      byte[] digest = CheckpointFile.write(storage, temporary, checkpoint);
      CheckpointFile.verify(storage, temporary, digest);
      saved = free(checkpoint.step());
      storage.rename(temporary, at(saved.text()));
    } catch (IOException | RuntimeException e) {
      try {
        storage.delete(temporary);
      } catch (IOException more) {
        e.addSuppressed(more);
      }
      throw e;
    }
    retire(saved);
    return at(saved.text());
  }

  private Name free(long step) throws IOException {
    int copy = 1;
    for (Name name : names()) {
      if (name.step() == step) {
        copy = Math.max(copy, name.copy() + 1);
      }
    }
    return Name.of(step, copy);
  }

  /** Removes what is known to be damaged, and the oldest; never a later step than that saved. */
  private void retire(Name saved) throws IOException {
    int kept = 0;
    for (Name name : names()) {
      if (damagedNames.contains(name.text())) {
        storage.delete(at(name.text()));
      } else if (NEWEST_FIRST.compare(name, saved) >= 0 && ++kept > keep) {
        storage.delete(at(name.text()));
      }
    }
  }

  /** The newest checkpoint that verifies; damaged ones are passed over and told of. */
  public Found newest() throws IOException {
    List<String> damaged = new ArrayList<>();
    Looked<Checkpoint> found = look(CheckpointFile::read, Checkpoint::step, damaged);
    return new Found(found.what(), found.path(), damaged);
  }

  /** Like {@link #newest}, without its tensors: no more than a piece of it is held. */
  public FoundHead newestHead() throws IOException {
    List<String> damaged = new ArrayList<>();
    Looked<CheckpointHead> found = look(CheckpointFile::head, CheckpointHead::step, damaged);
    return new FoundHead(found.what(), found.path(), damaged);
  }

  private record Looked<T>(Optional<T> what, String path) {}

  private interface Reader<T> {
    T read(Storage storage, String path) throws IOException;
  }

  private <T> Looked<T> look(Reader<T> reader, ToLongFunction<T> step, List<String> damaged)
      throws IOException {
    for (Name name : names()) {
      String path = at(name.text());
      try {
        T found = reader.read(storage, path);
        long holds = step.applyAsLong(found);
        if (holds == name.step()) {
          return new Looked<>(Optional.of(found), path);
        }
        damagedNames.add(name.text());
        damaged.add(path + ": it holds step " + holds + "; it was renamed or swapped");
      } catch (IOException e) {
        if (e instanceof FormatException) {
          damagedNames.add(name.text());
          damaged.add(e.getMessage());
        } else {
          damaged.add(path + ": " + e);
        }
      }
    }
    return new Looked<>(Optional.empty(), "");
  }

  /** Paths of all checkpoints, newest first, verified or not. */
  public List<String> paths() throws IOException {
    List<String> paths = new ArrayList<>();
    for (Name name : names()) {
      paths.add(at(name.text()));
    }
    return Collections.unmodifiableList(paths);
  }

  /** Reads and verifies one checkpoint. */
  public static Checkpoint read(Storage storage, String path) throws IOException {
    return CheckpointFile.read(storage, path);
  }

  /** Verifies one checkpoint; what it says of itself. */
  public static CheckpointHead head(Storage storage, String path) throws IOException {
    return CheckpointFile.head(storage, path);
  }

  /** Removes what writers that were killed have left. */
  private void sweep() throws IOException {
    for (Storage.Entry entry : entries()) {
      if (TEMPORARY.matcher(entry.name()).matches()) {
        storage.delete(at(entry.name()));
      }
    }
  }

  private String at(String name) {
    return Locations.join(folder, name);
  }

  private List<Name> names() throws IOException {
    List<Name> names = new ArrayList<>();
    for (Storage.Entry entry : entries()) {
      if (!entry.folder()) {
        Name.of(entry.name()).ifPresent(names::add);
      }
    }
    names.sort(NEWEST_FIRST);
    return names;
  }

  private List<Storage.Entry> entries() throws IOException {
    try {
      return storage.list(folder);
    } catch (java.nio.file.NoSuchFileException e) {
      return List.of();
    }
  }
}
