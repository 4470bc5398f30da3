package io.zigma.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Everything that was measured, by key; what was not is not in it. */
public final class BenchReport {

    /** How keys of a compared model's forward pass end. */
    static final String FORWARD = ".forward";

    /** How keys of a compared model's training step end. */
    static final String TRAIN_STEP = ".train_step";

    private final JsonObject facts = new JsonObject();
    private final Map<String, Timing> timings = new LinkedHashMap<>();
    private final Map<String, Double> numbers = new LinkedHashMap<>();
    private final List<ScalingPoint> scaling = new ArrayList<>();
    private final Map<String, Long> compared = new LinkedHashMap<>(); // parameters by name

    /**
     * One length of the scaling.
     *
     * @param tokens length of the sequence
     * @param zigma time of a ZigMa block
     * @param dit time of a DiT block of equal width
     * @param zigmaPeak bytes that the ZigMa block needs, if the system reports them
     * @param ditPeak bytes that the DiT block needs, if the system reports them
     */
    record ScalingPoint(
            int tokens, Timing zigma, Timing dit, OptionalLong zigmaPeak, OptionalLong ditPeak) {}

    BenchReport() {}

    void fact(String key, String value) {
        facts.addProperty(key, value);
    }

    void fact(String key, int value) {
        facts.addProperty(key, value);
    }

    void timings(Map<String, Timing> measured) {
        timings.putAll(measured);
    }

    void number(String key, double value) {
        numbers.put(key, value);
    }

    void scaling(ScalingPoint point) {
        scaling.add(point);
    }

    /** Adds a model that is compared with others, by its name and its number of parameters. */
    void compared(String name, long parameters) {
        compared.put(name, parameters);
        numbers.put(name + ".parameters", (double) parameters);
    }

    Map<String, Long> compared() {
        return compared;
    }

    /** Adds the ratio of a token's time at the longest length to that at a typical one. */
    void perTokenRatio(int typical) {
        scaling.stream()
                .filter(point -> point.tokens() == typical)
                .findFirst()
                .ifPresent(
                        point -> {
                            ScalingPoint longest = scaling.get(scaling.size() - 1);
                            numbers.put(
                                    "scaling.per_token.ratio",
                                    longest.zigma().median()
                                            / longest.tokens()
                                            * typical
                                            / point.zigma().median());
                        });
    }

    /** Adds the ratio of two medians, if both were measured. */
    void ratio(String key, String dividend, String divisor) {
        Timing above = timings.get(dividend);
        Timing below = timings.get(divisor);
        if (above != null && below != null) {
            numbers.put(key, above.median() / below.median());
        }
    }

    String text(String key) {
        return facts.get(key).getAsString();
    }

    Optional<Timing> timing(String key) {
        return Optional.ofNullable(timings.get(key));
    }

    Optional<Double> number(String key) {
        return Optional.ofNullable(numbers.get(key));
    }

    List<ScalingPoint> scaling() {
        return scaling;
    }

    /**
     * Returns the report for programs.
     *
     * @return what it ran on; medians in milliseconds, ratios, and bytes under keys that end so;
     *     {@code scaling}; and under {@code spread}, for each timing its quartiles and the number
     *     of rounds
     */
    public JsonObject json() {
        JsonObject json = facts.deepCopy();
        timings.forEach((key, timing) -> json.addProperty(key, rounded(timing.median())));
        numbers.forEach((key, value) -> json.addProperty(key, rounded(value)));
        if (!scaling.isEmpty()) {
            JsonArray points = new JsonArray();
            for (ScalingPoint point : scaling) {
                JsonObject entry = new JsonObject();
                entry.addProperty("tokens", point.tokens());
                entry.addProperty("zigma", rounded(point.zigma().median()));
                entry.addProperty("dit", rounded(point.dit().median()));
                points.add(entry);
            }
            json.add("scaling", points);
            json.add("scaling.peak_bytes", peaks());
        }
        JsonObject spread = new JsonObject();
        timings.forEach((key, timing) -> spread.add(key, spread(timing)));
        json.add("spread", spread);
        return json;
    }

    private JsonArray peaks() {
        JsonArray peaks = new JsonArray();
        for (ScalingPoint point : scaling) {
            JsonObject entry = new JsonObject();
            entry.addProperty("tokens", point.tokens());
            point.zigmaPeak().ifPresent(bytes -> entry.addProperty("zigma", bytes));
            point.ditPeak().ifPresent(bytes -> entry.addProperty("dit", bytes));
            peaks.add(entry);
        }
        return peaks;
    }

    private static JsonObject spread(Timing timing) {
        JsonObject spread = new JsonObject();
        spread.addProperty("lower_quartile", rounded(timing.lower()));
        spread.addProperty("upper_quartile", rounded(timing.upper()));
        spread.addProperty("rounds", timing.rounds());
        return spread;
    }

    /** To the ten-thousandth: 0.1 µs, or 0.01 %. */
    private static Number rounded(double value) {
        double rounded = Math.round(value * 1e4) / 1e4;
        return rounded == Math.rint(rounded) ? (Number) (long) rounded : (Number) rounded;
    }

    /**
     * Returns the report for people.
     *
     * @return the lines of a table
     */
    public List<String> lines() {
        return BenchTable.of(this);
    }
}
