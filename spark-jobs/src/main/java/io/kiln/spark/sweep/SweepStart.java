package io.kiln.spark.sweep;

import io.kiln.nn.config.ConfigException;
import io.kiln.spark.config.ConfigHash;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.config.SweepConfig;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.search.Observation;
import io.kiln.spark.search.Strategy;
import io.kiln.spark.search.Suggestion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Where a sweep stands when it begins or goes on: the journal, read again to a strategy and a book
 * that know nothing, brings them to where they were.
 *
 * @param left what was suggested, but has not ended
 * @param seconds it took so far
 */
record SweepStart(List<Part> left, double seconds) {
  /**
   * What the journal of a folder says.
   *
   * @throws ConfigException if it is of other settings or other data
   */
  static List<Entry> entries(SweepFolder folder, io.kiln.nn.io.Storage storage, Entry.Begun now)
      throws IOException {
    List<Entry> entries = Journal.read(storage, folder.path());
    if (entries.isEmpty()) {
      if (!folder.report().trials().isEmpty()) {
        throw new ConfigException(
            "resume: "
                + folder.path()
                + " was begun by an earlier version of Kiln, which kept no journal; sweep without"
                + " --resume");
      }
      return entries;
    }
    if (!(entries.get(0) instanceof Entry.Begun was)) {
      throw new io.kiln.nn.io.FormatException(
          folder.path(), -1, "its journal does not begin with a beginning; sweep without --resume");
    }
    List<String> changes = changes(was, now);
    if (!changes.isEmpty()) {
      throw new ConfigException(
          "resume: "
              + folder.path()
              + " was begun with other settings or data ("
              + String.join("; ", changes)
              + "), so its results do not compare with new ones; resume with those it was begun"
              + " with, or sweep without --resume");
    }
    return entries.subList(1, entries.size());
  }

  /** What a sweep's journal begins with. */
  static Entry.Begun begun(RunConfig config, SweepConfig sweep, String fingerprint) {
    return new Entry.Begun(
        ConfigHash.text(config), config.train().epochs(), sweep.text(), fingerprint);
  }

  private static List<String> changes(Entry.Begun was, Entry.Begun now) {
    List<String> changes = new ArrayList<>(ConfigHash.differences("", was.config(), now.config()));
    if (was.epochs() != now.epochs() && changes.stream().noneMatch(c -> c.contains("epochs"))) {
      changes.add("train.epochs: " + was.epochs() + ", now " + now.epochs());
    }
    changes.addAll(ConfigHash.differences("sweep", was.sweep(), now.sweep()));
    if (!was.fingerprint().equals(now.fingerprint())) {
      changes.add("data fingerprint: " + was.fingerprint() + ", now " + now.fingerprint());
    }
    return changes;
  }

  /**
   * Makes the calls again that the journal knows of.
   *
   * @throws ConfigException if the strategy says something else than it did
   */
  static SweepStart replay(
      List<Entry> entries, Strategy strategy, TrialBook book, SweepConfig sweep) {
    Map<String, Part> open = new LinkedHashMap<>();
    double seconds = 0;
    for (Entry entry : entries) {
      if (entry instanceof Entry.Suggested was) {
        Suggestion again = strategy.suggest();
        if (again == null || !same(was, again)) {
          throw new ConfigException(
              "resume: the journal has trial "
                  + Part.id(was.trial())
                  + " with "
                  + was.values()
                  + " but "
                  + sweep.strategy()
                  + " does not suggest it any more: another version of Kiln began this sweep; sweep"
                  + " without --resume");
        }
        book.suggested(again);
        for (Part part : SweepLoop.parts(again, sweep)) {
          open.put(part.path(), part);
        }
      } else if (entry instanceof Entry.Ended ended) {
        PartEnd end = ended.end();
        if (!end.part().equals(open.get(end.part().path()))) {
          continue; // written twice, since it was not certain that it was there
        }
        open.remove(end.part().path());
        seconds = Math.max(seconds, end.start() + end.seconds());
        Observation what = book.ended(end);
        if (what != null) {
          strategy.observe(what);
        }
      } else if (entry instanceof Entry.Rested rested) {
        seconds = Math.max(seconds, rested.seconds());
      }
    }
    return new SweepStart(List.copyOf(open.values()), seconds);
  }

  private static boolean same(Entry.Suggested was, Suggestion again) {
    return was.trial() == again.trial()
        && was.epochs() == again.epochs()
        && Objects.equals(ConfigHash.canonical(was.values()), ConfigHash.canonical(again.values()));
  }
}
