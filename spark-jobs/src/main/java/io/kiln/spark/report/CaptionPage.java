package io.kiln.spark.report;

import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The page of captions under their pictures. */
public final class CaptionPage {
  private CaptionPage() {}

  /**
   * A caption to show.
   *
   * @param name of the image
   * @param text the caption
   * @param references what people wrote
   */
  public record Shown(String name, String text, List<String> references) {
    /** Copies the list. */
    public Shown {
      references = List.copyOf(references);
    }
  }

  /**
   * The page.
   *
   * @param model name of the model
   * @param split part of the data
   * @param search how they were found, in words
   * @param bleu BLEU-1 … BLEU-4
   * @param pictures JPEGs by name, as far as there are any
   */
  public static String html(
      String model,
      String split,
      String search,
      List<Double> bleu,
      List<Shown> shown,
      Map<String, byte[]> pictures) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("title", "Captions by " + model);
    view.put("subtitle", "part " + split + " · " + search);
    List<Map<String, Object>> scores = new ArrayList<>();
    for (int k = 0; k < bleu.size(); k++) {
      scores.add(
          Map.of(
              "label",
              "BLEU-" + (k + 1),
              "value",
              String.format(Locale.ROOT, "%.3f", bleu.get(k))));
    }
    view.put("scores", scores);
    view.put(
        "captions",
        shown.stream()
            .map(
                one -> {
                  byte[] picture = pictures.get(one.name());
                  Map<String, Object> caption = new LinkedHashMap<>();
                  caption.put("name", one.name());
                  caption.put("text", one.text());
                  caption.put("references", one.references());
                  caption.put(
                      "picture",
                      picture == null
                          ? false
                          : "data:image/jpeg;base64,"
                              + Base64.getEncoder().encodeToString(picture));
                  return caption;
                })
            .toList());
    return Page.render("caption", view, List.of());
  }
}
