package io.zigma.convert;

import io.zigma.io.CheckpointException;
import io.zigma.io.SafetensorsHeader;
import io.zigma.io.ShapedTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Searches for a model's weights in a file by the names of its parameters, since every training
 * program saves them elsewhere: at the root, under {@code model} and {@code ema}, {@code
 * state_dict} and {@code ema_state_dict}, or in one state_dict as {@code model.} and {@code
 * ema_model.} side by side (Lightning; the EMA of lucidrains), with and without wrapping modules.
 *
 * @param <T> how the file describes a tensor
 */
final class WeightSearch<T extends ShapedTensor> {

    /** The part of a name that marks averaged (EMA) weights. */
    private static final Pattern EMA =
            Pattern.compile(
                    "(^|[^A-Za-z]|(?<=[a-z])(?=E|A|S|P))"
                            + "(?i:ema|averaged?|avg|swa|shadow|polyak)(?![a-z])");

    /** A part that marks raw weights inside of an averaged model. */
    private static final Pattern ONLINE = Pattern.compile("(^|_)(online|raw|student)(_|$)");

    /** Numbers that EMA classes save beside the weights. */
    private static final Set<String> COUNTERS =
            Set.of(
                    "n_averaged",
                    "initted",
                    "step",
                    "steps",
                    "num_updates",
                    "decay",
                    "ema_decay",
                    "optimization_step");

    /** The counter of PyTorch's AveragedModel, its only marker. */
    private static final String AVERAGED_MODEL = "n_averaged";

    private static final int NAMED = 8;

    private final Path file;
    private final Set<String> names;
    private final Map<String, String> namesWithoutDots = new HashMap<>();

    /**
     * A dictionary of the file.
     *
     * @param keys its keys from the root
     * @param tensors those of its entries that are tensors
     * @param others types of its other entries
     */
    record Place<T>(List<String> keys, Map<String, T> tensors, Map<String, String> others) {}

    /**
     * Prepares a search.
     *
     * @param file the file, for error messages
     * @param names the official names of the model's parameters
     */
    WeightSearch(Path file, Set<String> names) {
        this.file = file;
        this.names = names;
        for (String name : names) {
            if (name.indexOf('.') >= 0) {
                // latent-diffusion's LitEma removes the dots from names, for a buffer's name has
                // none
                namesWithoutDots.put(name.replace(".", ""), name);
            }
        }
    }

    /**
     * Chooses a set of weights.
     *
     * @param which EMA or raw weights; empty for the EMA where there is one
     * @param places the file's dictionaries
     * @return the set; whether it fits the model is checked later
     * @throws CheckpointException if there is none, or there are several with no choice
     */
    WeightSet<T> choose(Optional<TorchWeights> which, List<Place<T>> places)
            throws CheckpointException {
        List<WeightSet<T>> all = places.stream().flatMap(place -> sets(place).stream()).toList();
        int most = all.stream().mapToInt(WeightSet::found).max().orElse(0);
        // a few equal names are no set of weights
        List<WeightSet<T>> sets = all.stream().filter(set -> 2 * set.found() > most).toList();
        boolean average =
                which.map(TorchWeights.EMA::equals)
                        .orElse(sets.stream().anyMatch(WeightSet::average));
        List<WeightSet<T>> wanted = sets.stream().filter(set -> set.average() == average).toList();
        if (wanted.isEmpty()) {
            throw none(sets, average, places);
        }
        Comparator<WeightSet<T>> best =
                Comparator.<WeightSet<T>>comparingInt(set -> -set.found())
                        .thenComparing(set -> isCopyInsideAnAverage(set))
                        .thenComparingInt(WeightSet::depth);
        WeightSet<T> chosen = Collections.min(wanted, best);
        List<WeightSet<T>> rivals =
                wanted.stream()
                        .filter(set -> best.compare(set, chosen) == 0)
                        .filter(set -> !set.tensors().equals(chosen.tensors()))
                        .toList();
        if (!rivals.isEmpty()) {
            throw new CheckpointException(
                    "%s holds several sets of %s weights, %s; save one of them in a file of its own"
                            .formatted(
                                    file,
                                    average ? "averaged" : "unaveraged",
                                    Stream.concat(Stream.of(chosen), rivals.stream())
                                            .map(WeightSearch::shown)
                                            .collect(Collectors.joining(" and "))));
        }
        return chosen;
    }

    private CheckpointException none(
            List<WeightSet<T>> sets, boolean average, List<Place<T>> places) {
        if (!sets.isEmpty()) {
            return new CheckpointException(
                    "%s has no %s weights, it has those of %s; leave out --weights"
                            .formatted(
                                    file,
                                    average ? "averaged (ema)" : "unaveraged (raw)",
                                    sets.stream()
                                            .map(WeightSearch::shown)
                                            .distinct()
                                            .collect(Collectors.joining(", "))));
        }
        List<String> entries = new ArrayList<>();
        for (Place<T> place : places) {
            String at = place.keys().isEmpty() ? "" : String.join(".", place.keys()) + ".";
            place.tensors()
                    .keySet()
                    .forEach(name -> entries.add(SafetensorsHeader.shown(at + name)));
            place.others()
                    .forEach(
                            (name, what) ->
                                    entries.add(
                                            "%s (%s)"
                                                    .formatted(
                                                            SafetensorsHeader.shown(at + name),
                                                            what)));
        }
        return new CheckpointException(
                "%s holds no tensor with the name of one of the model's; it has %s"
                        .formatted(
                                file,
                                entries.isEmpty()
                                        ? "nothing"
                                        : String.join(
                                                        ", ",
                                                        entries.subList(
                                                                0, Math.min(NAMED, entries.size())))
                                                + (entries.size() > NAMED ? ", …" : "")));
    }

    private static String shown(WeightSet<?> set) {
        return set.place().isEmpty() ? "its root" : SafetensorsHeader.shown(set.place());
    }

    /** A parameter's name in the file: its prefix, and the official name. */
    private record Found(String prefix, String name) {}

    /** All ways to read a name as one of the model's with a prefix. */
    private List<Found> readings(String name) {
        List<Found> readings = new ArrayList<>();
        int last = 0;
        for (int start = 0; start >= 0; start = next(name, start)) {
            String rest = name.substring(start);
            if (names.contains(rest)) {
                readings.add(new Found(name.substring(0, start), rest));
            }
            last = start;
        }
        for (Map.Entry<String, String> joined : namesWithoutDots.entrySet()) {
            int start = name.length() - joined.getKey().length();
            if (start >= last && name.endsWith(joined.getKey())) {
                readings.add(new Found(name.substring(0, start), joined.getValue()));
            }
        }
        return readings;
    }

    /** The index after the next dot, or -1. */
    private static int next(String name, int start) {
        int dot = name.indexOf('.', start);
        return dot < 0 ? -1 : dot + 1;
    }

    private List<WeightSet<T>> sets(Place<T> place) {
        Map<String, T> tensors = StateDictNames.unwrapped(place.tensors());
        Map<String, String> others = StateDictNames.unwrapped(place.others());
        Map<String, Map<String, T>> byPrefix = new LinkedHashMap<>();
        tensors.forEach(
                (name, tensor) -> {
                    for (Found found : readings(name)) {
                        byPrefix.computeIfAbsent(found.prefix(), p -> new LinkedHashMap<>())
                                .putIfAbsent(found.name(), tensor);
                    }
                });
        int most = byPrefix.values().stream().mapToInt(Map::size).max().orElse(0);
        Set<String> prefixes =
                byPrefix.entrySet().stream()
                        .filter(entry -> 2 * entry.getValue().size() > most)
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toSet());
        List<WeightSet<T>> sets = new ArrayList<>();
        for (Map.Entry<String, Map<String, T>> entry : byPrefix.entrySet()) {
            if (prefixes.contains(entry.getKey())) {
                sets.add(set(place, entry.getKey(), entry.getValue(), tensors, others, prefixes));
            }
        }
        return sets;
    }

    private WeightSet<T> set(
            Place<T> place,
            String prefix,
            Map<String, T> found,
            Map<String, T> tensors,
            Map<String, String> others,
            Set<String> prefixes) {
        Map<String, T> all = new LinkedHashMap<>(found);
        tensors.forEach(
                (name, tensor) -> {
                    if (name.startsWith(prefix)
                            && readings(name).stream()
                                    .noneMatch(reading -> prefixes.contains(reading.prefix()))
                            && !isBeside(name, prefix, prefixes)
                            && !isCounter(name.substring(prefix.length()), tensor)) {
                        all.put(name.substring(prefix.length()), tensor);
                    }
                });
        Map<String, String> unread = new LinkedHashMap<>();
        others.forEach(
                (name, what) -> {
                    for (Found reading : readings(name)) {
                        if (reading.prefix().equals(prefix)) {
                            unread.put(reading.name(), what);
                        }
                    }
                });
        List<String> steps =
                Stream.of(prefix.split("\\.", -1)).filter(step -> !step.isEmpty()).toList();
        boolean counted = tensors.containsKey(prefix + AVERAGED_MODEL);
        return new WeightSet<>(
                place.keys(),
                steps,
                isEma(place.keys(), steps, counted),
                all,
                unread,
                found.size());
    }

    /** Returns whether a tensor belongs to another set that is deeper, surplus there. */
    private static boolean isBeside(String name, String prefix, Set<String> prefixes) {
        return prefixes.stream()
                .anyMatch(other -> other.length() > prefix.length() && name.startsWith(other));
    }

    private static boolean isCounter(String name, ShapedTensor tensor) {
        return COUNTERS.contains(name)
                && (tensor.shape().isEmpty() || tensor.shape().equals(List.of(1L)));
    }

    /** The EMA of lucidrains saves the raw weights a second time beside the averaged ones. */
    private static boolean isCopyInsideAnAverage(WeightSet<?> set) {
        return !set.average()
                && Stream.concat(set.keys().stream(), set.prefix().stream())
                        .anyMatch(step -> EMA.matcher(step).find());
    }

    /** Returns whether the keys and prefix of a dictionary mark it as averaged. */
    static boolean isEma(Place<?> place) {
        return isEma(place.keys(), List.of(), false);
    }

    /** The innermost marker counts. */
    private static boolean isEma(List<String> keys, List<String> prefix, boolean counted) {
        List<String> steps = new ArrayList<>(keys);
        steps.addAll(prefix);
        Collections.reverse(steps);
        for (String step : steps) {
            if (ONLINE.matcher(step).find()) {
                return false;
            }
            if (EMA.matcher(step).find()) {
                return true;
            }
        }
        return counted;
    }
}
