package io.kiln.nn.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Symbols, characters or words, and their numbers. Immutable. */
public final class Vocabulary {
  /** Fills the place after the end of a sentence. */
  public static final String NULL = "<NULL>";

  /** Stands before the first word of a sentence. */
  public static final String START = "<START>";

  /** Stands after the last word of a sentence. */
  public static final String END = "<END>";

  /** Stands for every word that is not in the vocabulary. */
  public static final String UNK = "<UNK>";

  private final List<String> symbols;
  private final Map<String, Integer> numbers = new HashMap<>();

  private Vocabulary(List<String> symbols) {
    this.symbols = List.copyOf(symbols);
    for (String symbol : this.symbols) {
      if (numbers.putIfAbsent(symbol, numbers.size()) != null) {
        throw new IllegalArgumentException("vocabulary: '" + symbol + "' came twice");
      }
    }
  }

  /** A vocabulary of these symbols, numbered from 0. */
  public static Vocabulary of(List<String> symbols) {
    return new Vocabulary(symbols);
  }

  /** All characters (code points) of a text, in the order of Unicode. */
  public static Vocabulary ofCharacters(String text) {
    Set<Integer> points = new TreeSet<>();
    text.codePoints().forEach(points::add);
    List<String> symbols = new ArrayList<>();
    for (int point : points) {
      symbols.add(Character.toString(point));
    }
    return new Vocabulary(symbols);
  }

  /**
   * The words that occur often enough, the most frequent first, equally frequent ones in
   * alphabetical order.
   *
   * @param first symbols that come before all words, such as {@link #NULL} and {@link #UNK}
   * @param least how often a word must occur
   */
  public static Vocabulary ofWords(List<String> first, Iterable<String> words, int least) {
    Map<String, Integer> counts = new HashMap<>();
    for (String word : words) {
      counts.merge(word, 1, Integer::sum);
    }
    return ofCounts(first, counts, least);
  }

  /**
   * The same of words that were counted.
   *
   * @param counts how often each occurs
   */
  static Vocabulary ofCounts(List<String> first, Map<String, Integer> counts, int least) {
    List<String> symbols = new ArrayList<>(first);
    Set<String> taken = new HashSet<>(first);
    counts.entrySet().stream()
        .filter(entry -> entry.getValue() >= least && !taken.contains(entry.getKey()))
        .sorted(
            Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .forEach(entry -> symbols.add(entry.getKey()));
    return new Vocabulary(symbols);
  }

  /** Number of symbols. */
  public int size() {
    return symbols.size();
  }

  /** All symbols in the order of their numbers. */
  public List<String> symbols() {
    return symbols;
  }

  /** The symbol of a number. */
  public String symbol(int number) {
    return symbols.get(number);
  }

  /** The number of a symbol; that of {@link #UNK}, or −1 without one, if it is not known. */
  public int number(String symbol) {
    Integer number = numbers.get(symbol);
    return number == null ? numbers.getOrDefault(UNK, -1) : number;
  }

  /**
   * The words of a generated sentence: up to {@link #END}, without the other marks.
   *
   * @param numbers the numbers of its symbols
   */
  public List<String> sentence(int... numbers) {
    List<String> words = new ArrayList<>();
    for (int number : numbers) {
      String symbol = symbol(number);
      if (symbol.equals(END)) {
        break;
      }
      if (!symbol.equals(NULL) && !symbol.equals(START)) {
        words.add(symbol);
      }
    }
    return words;
  }
}
