package io.kiln.spark.report;

import io.kiln.nn.io.Locations;
import io.kiln.nn.style.StyleTransfer.Point;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The page of a style transfer: pictures side by side, and their losses by step. */
public final class StylePage {
  private StylePage() {}

  /**
   * One painted picture.
   *
   * @param file where it was written
   * @param seconds it took
   * @param content the picture it was made from, a small JPEG
   * @param result the picture, a JPEG
   * @param curve losses by step
   */
  public record Painted(
      String file, double seconds, byte[] content, byte[] result, List<Point> curve) {
    /** Copies the list. */
    public Painted {
      curve = List.copyOf(curve);
    }
  }

  /**
   * The page.
   *
   * @param style name of the style picture
   * @param shown the style picture, a small JPEG
   */
  public static String html(String style, byte[] shown, List<Painted> painted) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("title", "In the style of " + style);
    view.put("style", style);
    view.put("shown", image(shown));
    List<Map<String, Object>> pictures = new ArrayList<>();
    List<Map<String, Object>> curves = new ArrayList<>();
    for (Painted one : painted) {
      Map<String, Object> picture = new LinkedHashMap<>();
      picture.put("name", Locations.name(one.file()));
      picture.put("content", image(one.content()));
      picture.put("result", image(one.result()));
      picture.put("seconds", Numbers.duration(one.seconds()));
      picture.put("steps", one.curve().size());
      picture.put("id", "curve" + pictures.size());
      Point last = one.curve().get(one.curve().size() - 1);
      picture.put("contentLoss", Numbers.loss(last.content()));
      picture.put("styleLoss", Numbers.loss(last.style()));
      picture.put("roughness", Numbers.loss(last.roughness()));
      pictures.add(picture);
      curves.add(
          Map.of(
              "steps", one.curve().stream().map(Point::step).toList(),
              "content", one.curve().stream().map(Point::content).toList(),
              "style", one.curve().stream().map(Point::style).toList(),
              "total", one.curve().stream().map(Point::total).toList()));
    }
    view.put("pictures", pictures);
    return Page.render("style", view, curves);
  }

  private static String image(byte[] jpeg) {
    return "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(jpeg);
  }
}
