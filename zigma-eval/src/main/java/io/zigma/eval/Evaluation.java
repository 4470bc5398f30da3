package io.zigma.eval;

import io.zigma.base.Amount;
import io.zigma.condition.ClassNames;
import io.zigma.eval.feature.Classifier;
import io.zigma.eval.metric.ClassAgreement;
import io.zigma.eval.metric.Compared;
import io.zigma.eval.metric.FeatureMatrix;
import io.zigma.eval.metric.FeatureStatistics;
import io.zigma.eval.metric.Figure;
import io.zigma.eval.metric.Memorisation;
import io.zigma.eval.metric.Metric;
import io.zigma.eval.metric.Metrics;
import io.zigma.eval.metric.Quantity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Compares sets of samples with the same real pictures by the same networks and all registered
 * {@link Metrics}; it sees pictures and the classes that were asked for, never the model.
 *
 * <p>What concerns the real pictures alone is computed when it is first needed and then stored.
 */
public final class Evaluation {

    /** Fewest samples: below, no figure means anything. */
    public static final int FEWEST_SAMPLES = 10;

    private final FeatureNetworks networks;
    private final FeatureCache cache;
    private final List<String> labels;
    private final Optional<RealPictures> real;
    private final Optional<FeatureStatistics> given;
    private final Optional<int[]> classNumbers;
    private @Nullable FeatureStatistics statistics;
    private double @Nullable [] referenceDistances;
    private final Map<Integer, Map<Quantity, Figure>> floors = new HashMap<>();
    private final Map<String, Object> settings = new LinkedHashMap<>();

    /**
     * Makes an evaluation; nothing is computed yet.
     *
     * @param networks whose features are compared, and the classifier
     * @param cache where features are stored
     * @param labels names of the classes that samples are asked to be of, empty for none
     * @param real what samples are compared with; without it the Fréchet distance and what the
     *     classifier says are all there is
     * @param statistics what the Fréchet distance is taken to, instead of that of the real pictures
     * @throws IllegalArgumentException if there is nothing to compare with, or the statistics are
     *     of other features
     */
    public Evaluation(
            FeatureNetworks networks,
            FeatureCache cache,
            List<String> labels,
            Optional<RealPictures> real,
            Optional<FeatureStatistics> statistics) {
        if (real.isEmpty() && statistics.isEmpty()) {
            throw new IllegalArgumentException(
                    "there is nothing to compare samples with; give real pictures or statistics");
        }
        int features = networks.extractor().dimension();
        if (statistics.isPresent() && statistics.get().features() != features) {
            throw new IllegalArgumentException(
                    "the statistics have %s features, %s gives %s; they are of another network"
                            .formatted(
                                    statistics.get().features(),
                                    networks.extractor().name(),
                                    features));
        }
        this.networks = networks;
        this.cache = cache;
        this.labels = List.copyOf(labels);
        this.real = real;
        this.given = statistics;
        this.classNumbers = known(labels);
    }

    /** Returns the classifier's numbers of some classes by their names, −1 where it has none. */
    private Optional<int[]> known(List<String> names) {
        return networks.classifier()
                .map(classifier -> ClassNames.matches(names, classifier.labels()));
    }

    /**
     * Returns the classes that samples are asked to be of.
     *
     * @return their names, in the order of the model
     */
    public List<String> labels() {
        return labels;
    }

    /**
     * Returns the real pictures.
     *
     * @return nothing where samples are compared with stored features only
     */
    public Optional<RealPictures> real() {
        return real;
    }

    /**
     * Returns whether the classifier knows all classes that can be asked for.
     *
     * @return false if agreement with the classes cannot be measured
     */
    public boolean knowsClasses() {
        return classNumbers.isPresent()
                && Arrays.stream(classNumbers.get()).allMatch(number -> number >= 0);
    }

    /**
     * Returns what figures of so many samples cannot show, for people.
     *
     * @param samples how many there are of a seed
     * @return a line a warning, none if there are enough pictures on both sides
     */
    public List<String> warnings(int samples) {
        int features = networks.extractor().dimension();
        List<String> few = new ArrayList<>();
        if (samples <= features) {
            few.add(Amount.of(samples, "sample"));
        }
        if (given.isEmpty()) {
            int reference = real.orElseThrow().reference().count();
            if (reference <= features) {
                few.add(Amount.of(reference, "reference picture"));
            }
        }
        List<String> warnings = new ArrayList<>();
        if (!few.isEmpty()) {
            warnings.add(
                    "%s for %s of %s: their covariance cannot be of full rank, and the Fréchet distance depends more on the number of pictures than on the pictures; take more"
                            .formatted(
                                    String.join(" and ", few),
                                    Amount.of(features, "feature"),
                                    networks.extractor().name()));
        }
        real.map(pictures -> pictures.training().count())
                .filter(training -> training < samples)
                .ifPresent(
                        training ->
                                warnings.add(
                                        "real pictures in place of %s are only %s, all training pictures there are; distances of fewer pictures come out larger"
                                                .formatted(
                                                        Amount.of(samples, "sample"),
                                                        Amount.of(training, "picture"))));
        return warnings;
    }

    /**
     * Returns mean and covariance of the reference.
     *
     * @return those given, else those of the reference pictures
     * @throws IOException if features cannot be read or stored
     */
    public FeatureStatistics statistics() throws IOException {
        if (given.isPresent()) {
            return given.get();
        }
        if (statistics == null) {
            statistics = cache.work().statistics(reference());
        }
        return statistics;
    }

    /**
     * Returns the figures of real pictures, as a floor for those of samples: training pictures in
     * place of samples, as many as those if there are so many; class agreement is of the reference
     * pictures, since the classifier may have memorised the training pictures (held-out ones are
     * such, too).
     *
     * @param samples how many samples there are
     * @return the figures that make sense of real pictures, each with the number of pictures that
     *     it is of; none without real pictures
     * @throws IOException if features cannot be read or stored
     */
    public Map<Quantity, Figure> floor(int samples) throws IOException {
        Map<Quantity, Figure> known = floors.get(samples);
        if (known == null) {
            known = computedFloor(samples);
            floors.put(samples, known);
        }
        return known;
    }

    private Map<Quantity, Figure> computedFloor(int samples) throws IOException {
        Map<Quantity, Figure> figures = new LinkedHashMap<>();
        if (real.isPresent()) {
            RealPictures pictures = real.get();
            Optional<FeatureMatrix> logits = logits(pictures.reference());
            Compared instead =
                    new Compared(
                            features(pictures.instead(samples)),
                            statistics(),
                            Optional.of(reference()),
                            logits.map(all -> first(samples, all)),
                            agreement(logits, known(pictures.labels()), pictures.referenceLabels()),
                            Optional.empty(),
                            cache.work());
            for (Metric metric : Metrics.registry().all()) {
                metric.of(instead).forEach(figure -> figures.put(figure.quantity(), figure));
            }
            ofClips(pictures.instead(samples))
                    .forEach(figure -> figures.put(figure.quantity(), figure));
        }
        return Collections.unmodifiableMap(figures);
    }

    /**
     * Computes the figures of a set of samples.
     *
     * @param seed the sampling seed, or any number for pictures that were there already
     * @param samples at least {@value #FEWEST_SAMPLES}
     * @return all figures that can be computed
     * @throws IOException if features cannot be read or stored
     */
    public SeedResult evaluate(long seed, Samples samples) throws IOException {
        Optional<FeatureMatrix> logits = logits(samples.pictures());
        Optional<ClassAgreement> agreement = agreement(logits, classNumbers, samples.labels());
        Optional<Memorisation> memorisation = real.map(pictures -> memorisation(samples, pictures));
        Compared compared =
                new Compared(
                        features(samples.pictures()),
                        statistics(),
                        real.isPresent() ? Optional.of(reference()) : Optional.empty(),
                        logits,
                        agreement,
                        memorisation,
                        cache.work());
        Map<Quantity, Double> figures = new LinkedHashMap<>();
        for (Metric metric : Metrics.registry().all()) {
            metric.of(compared).forEach(figure -> figures.put(figure.quantity(), figure.value()));
            settings.putAll(metric.settings(compared));
        }
        ofClips(samples.pictures())
                .forEach(figure -> figures.put(figure.quantity(), figure.value()));
        return new SeedResult(
                seed, Collections.unmodifiableMap(figures), samples, agreement, memorisation);
    }

    private List<Figure> ofClips(Pictures clips) throws IOException {
        return real.isPresent()
                ? ClipFigures.of(clips, real.get().reference(), networks.extractor(), cache)
                : List.of();
    }

    /**
     * Returns what the metrics' figures of the samples so far depend on.
     *
     * @return values by name, for reports
     */
    public Map<String, Object> settings() {
        return Collections.unmodifiableMap(settings);
    }

    private FeatureMatrix features(Pictures pictures) throws IOException {
        return cache.outputOf(networks.extractor(), pictures).features();
    }

    private FeatureMatrix reference() throws IOException {
        return features(real.orElseThrow().reference());
    }

    private Optional<FeatureMatrix> logits(Pictures pictures) throws IOException {
        Optional<Classifier> classifier = networks.classifier();
        return classifier.isPresent()
                ? cache.outputOf(classifier.get(), pictures).logits()
                : Optional.empty();
    }

    private static FeatureMatrix first(int rows, FeatureMatrix all) {
        return all.select(IntStream.range(0, Math.min(rows, all.rows())).toArray());
    }

    /** Counts classes by the classifier's numbers; nothing where a picture has no known class. */
    private static Optional<ClassAgreement> agreement(
            Optional<FeatureMatrix> logits, Optional<int[]> known, int[] asked) {
        if (logits.isEmpty()
                || known.isEmpty()
                || Arrays.stream(asked).anyMatch(label -> label < 0 || known.get()[label] < 0)) {
            return Optional.empty();
        }
        int[] numbers = known.get();
        ClassAgreement agreement = new ClassAgreement(logits.get().columns());
        agreement.addLogits(
                Arrays.stream(asked).map(label -> numbers[label]).toArray(), logits.get());
        return Optional.of(agreement);
    }

    /**
     * Returns how often the classifier agrees within one of the classes that are asked for.
     *
     * @param table of a result of this evaluation
     * @param label number of the class among {@link #labels}
     * @return from 0 to 1, empty if no sample was asked to be of it
     */
    public Optional<Double> agreement(ClassAgreement table, int label) {
        int number = classNumbers.orElseThrow()[label];
        return number < 0 || table.total(number) == 0
                ? Optional.empty()
                : Optional.of(table.fraction(number));
    }

    private Memorisation memorisation(Samples samples, RealPictures pictures) {
        NearestPictures.Found found = cache.work().nearest(samples.pictures(), pictures.training());
        return Memorisation.of(found.rows(), found.distances(), referenceDistances(pictures));
    }

    /**
     * Measures how far each reference picture is from the nearest training picture.
     *
     * @param pictures the real pictures
     * @return one distance a reference picture, in levels: 0 for the same picture
     */
    public double[] referenceDistances(RealPictures pictures) {
        if (referenceDistances == null) {
            referenceDistances =
                    cache.work().nearest(pictures.reference(), pictures.training()).distances();
        }
        return referenceDistances;
    }
}
