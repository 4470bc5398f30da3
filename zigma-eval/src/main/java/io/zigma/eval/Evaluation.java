package io.zigma.eval;

import io.zigma.condition.ClassNames;
import io.zigma.eval.metric.Ball;
import io.zigma.eval.metric.ClassAgreement;
import io.zigma.eval.metric.FeatureMatrix;
import io.zigma.eval.metric.FeatureStatistics;
import io.zigma.eval.metric.FrechetDistance;
import io.zigma.eval.metric.InceptionScore;
import io.zigma.eval.metric.KernelDistance;
import io.zigma.eval.metric.KernelSubsets;
import io.zigma.eval.metric.Memorisation;
import io.zigma.eval.metric.PolynomialKernel;
import io.zigma.eval.metric.Prdc;
import io.zigma.eval.metric.SplitRule;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Compares sets of samples with the same real pictures by the same judges; it sees pictures and the
 * classes that were asked for, never the model.
 *
 * <p>What concerns the real pictures alone is computed when it is first needed and then kept.
 */
public final class Evaluation {

    /** How many neighbours a ball of precision, recall, density and coverage reaches over. */
    public static final int NEIGHBOURS = 5;

    /** Fewest samples: balls need more than their neighbours, the score's formula its parts. */
    public static final int FEWEST_SAMPLES = 10;

    /** How many pairs of subsets a kernel distance is the mean of. */
    public static final int SUBSETS = 100;

    /** Pictures of a subset, where there are as many. */
    public static final int SUBSET_SIZE = 1000;

    private static final long SUBSET_SEED = 1;
    private static final int SCORE_PARTS = 10;
    private static final double USUAL_SHARE = 0.01;

    private final Judges judges;
    private final FeatureCache cache;
    private final List<String> labels;
    private final Optional<RealPictures> real;
    private final Optional<FeatureStatistics> given;
    private final Optional<int[]> classNumbers;
    private @Nullable FeatureStatistics statistics;
    private double @Nullable [] referenceDistances;
    private final Map<Integer, Map<Metric, Double>> floors = new HashMap<>();

    /**
     * Makes an evaluation; nothing is computed yet.
     *
     * @param judges who looks at the pictures
     * @param cache where features are kept
     * @param labels names of the classes that samples are asked to be of, empty for none
     * @param real what samples are compared with; without it the Fréchet distance and what the
     *     classifier says are all there is
     * @param statistics what the Fréchet distance is taken to, instead of that of the real pictures
     * @throws IllegalArgumentException if there is nothing to compare with, or the statistics are
     *     of other features
     */
    public Evaluation(
            Judges judges,
            FeatureCache cache,
            List<String> labels,
            Optional<RealPictures> real,
            Optional<FeatureStatistics> statistics) {
        if (real.isEmpty() && statistics.isEmpty()) {
            throw new IllegalArgumentException(
                    "there is nothing to compare samples with; give real pictures or statistics");
        }
        int features = judges.extractor().dimension();
        if (statistics.isPresent() && statistics.get().features() != features) {
            throw new IllegalArgumentException(
                    "the statistics have %d features, %s gives %d; they are of another extractor"
                            .formatted(
                                    statistics.get().features(),
                                    judges.extractor().name(),
                                    features));
        }
        this.judges = judges;
        this.cache = cache;
        this.labels = List.copyOf(labels);
        this.real = real;
        this.given = statistics;
        this.classNumbers = known(labels);
    }

    /** Returns the classifier's numbers of some classes, if it knows them all. */
    private Optional<int[]> known(List<String> names) {
        return judges.classifier()
                .flatMap(classifier -> ClassNames.numbers(names, classifier.labels()));
    }

    /** Returns the names of the classes that samples are asked to be of. */
    public List<String> labels() {
        return labels;
    }

    /** Returns the real pictures, if there are any. */
    public Optional<RealPictures> real() {
        return real;
    }

    /** Returns whether the classifier knows the classes that are asked for. */
    public boolean knowsClasses() {
        return classNumbers.isPresent();
    }

    /**
     * Returns mean and covariance of the reference.
     *
     * @return those given, else those of the reference pictures
     * @throws IOException if features cannot be read or kept
     */
    public FeatureStatistics statistics() throws IOException {
        if (given.isPresent()) {
            return given.get();
        }
        if (statistics == null) {
            statistics = FeatureStatistics.of(reference().features());
        }
        return statistics;
    }

    /**
     * Returns what real pictures get, to tell how good a figure can be: training pictures in place
     * of samples, as many as those; what the classifier says is of the reference pictures, since it
     * may have learnt the training pictures by heart (held-out ones are such, too), as many as
     * there are samples for the score.
     *
     * @param samples how many samples there are
     * @return the figures that make sense of real pictures; none without real pictures
     * @throws IOException if features cannot be read or kept
     */
    public Map<Metric, Double> floor(int samples) throws IOException {
        Map<Metric, Double> known = floors.get(samples);
        if (known == null) {
            known = computedFloor(samples);
            floors.put(samples, known);
        }
        return known;
    }

    private Map<Metric, Double> computedFloor(int samples) throws IOException {
        EnumMap<Metric, Double> figures = new EnumMap<>(Metric.class);
        if (real.isPresent()) {
            RealPictures pictures = real.get();
            addDistances(
                    cache.look(judges.extractor(), pictures.instead(samples)).features(), figures);
            Optional<FeatureMatrix> logits = logits(pictures.reference());
            addScore(logits.map(all -> first(samples, all)), figures);
            agreement(logits, known(pictures.labels()), pictures.referenceLabels())
                    .ifPresent(table -> figures.put(Metric.CLASS_AGREEMENT, table.share()));
        }
        return Collections.unmodifiableMap(figures);
    }

    /**
     * Judges what a model made for one sampling seed.
     *
     * @param seed the sampling seed
     * @param samples at least {@value #FEWEST_SAMPLES}
     * @return all figures that can be told
     * @throws IOException if features cannot be read or kept
     */
    public SeedResult judge(long seed, Samples samples) throws IOException {
        EnumMap<Metric, Double> figures = new EnumMap<>(Metric.class);
        addDistances(cache.look(judges.extractor(), samples.pictures()).features(), figures);
        Optional<FeatureMatrix> logits = logits(samples.pictures());
        addScore(logits, figures);
        Optional<ClassAgreement> agreement = agreement(logits, classNumbers, samples.labels());
        agreement.ifPresent(table -> figures.put(Metric.CLASS_AGREEMENT, table.share()));
        Optional<Memorisation> memorisation = real.map(pictures -> memorisation(samples, pictures));
        memorisation.ifPresent(
                check -> {
                    figures.put(Metric.MEMORISED, check.share(USUAL_SHARE));
                    figures.put(Metric.CLOSER_THAN_ANY, check.share(0));
                });
        return new SeedResult(
                seed, Collections.unmodifiableMap(figures), samples, agreement, memorisation);
    }

    /** Adds what is computed of features alone. */
    private void addDistances(FeatureMatrix features, Map<Metric, Double> figures)
            throws IOException {
        figures.put(
                Metric.FRECHET_DISTANCE,
                FrechetDistance.between(statistics(), FeatureStatistics.of(features)));
        if (real.isEmpty()) {
            return;
        }
        FeatureMatrix reference = reference().features();
        int fewest = Math.min(features.rows(), reference.rows());
        KernelDistance kernel =
                KernelDistance.between(
                        reference,
                        features,
                        PolynomialKernel.cubic(features.columns()),
                        KernelSubsets.draw(
                                reference.rows(),
                                features.rows(),
                                Math.min(SUBSET_SIZE, fewest),
                                SUBSETS,
                                SUBSET_SEED));
        figures.put(Metric.KERNEL_DISTANCE, kernel.mean());
        figures.put(Metric.KERNEL_DISTANCE_SPREAD, kernel.spread());
        if (fewest > NEIGHBOURS) {
            Prdc prdc = Prdc.of(reference, features, NEIGHBOURS, Ball.OPEN);
            figures.put(Metric.PRECISION, prdc.precision());
            figures.put(Metric.RECALL, prdc.recall());
            figures.put(Metric.DENSITY, prdc.density());
            figures.put(Metric.COVERAGE, prdc.coverage());
        }
    }

    private Looks reference() throws IOException {
        return cache.look(judges.extractor(), real.orElseThrow().reference());
    }

    private Optional<FeatureMatrix> logits(Pictures pictures) throws IOException {
        return judges.classifier().isPresent()
                ? cache.look(judges.classifier().get(), pictures).logits()
                : Optional.empty();
    }

    private static FeatureMatrix first(int rows, FeatureMatrix all) {
        return all.select(IntStream.range(0, Math.min(rows, all.rows())).toArray());
    }

    private static void addScore(Optional<FeatureMatrix> logits, Map<Metric, Double> figures) {
        logits.filter(values -> values.rows() >= SCORE_PARTS)
                .map(values -> InceptionScore.ofLogits(values, SCORE_PARTS, SplitRule.EVEN))
                .ifPresent(score -> figures.put(Metric.INCEPTION_SCORE, score.mean()));
    }

    /** Counts classes by the classifier's numbers; nothing where a picture has no known class. */
    private static Optional<ClassAgreement> agreement(
            Optional<FeatureMatrix> logits, Optional<int[]> known, int[] asked) {
        if (logits.isEmpty()
                || known.isEmpty()
                || Arrays.stream(asked).anyMatch(label -> label < 0)) {
            return Optional.empty();
        }
        int[] numbers = known.get();
        ClassAgreement agreement = new ClassAgreement(logits.get().columns());
        agreement.addLogits(
                Arrays.stream(asked).map(label -> numbers[label]).toArray(), logits.get());
        return Optional.of(agreement);
    }

    /**
     * Returns how often the classifier agrees within one of the model's classes.
     *
     * @param table of a result of this evaluation
     * @param label number of the class at the model
     * @return from 0 to 1, empty if no sample was asked to be of it
     */
    public Optional<Double> agreement(ClassAgreement table, int label) {
        int number = classNumbers.orElseThrow()[label];
        return table.total(number) == 0 ? Optional.empty() : Optional.of(table.share(number));
    }

    private Memorisation memorisation(Samples samples, RealPictures pictures) {
        NearestPictures.Found found = NearestPictures.of(samples.pictures(), pictures.training());
        return Memorisation.of(found.rows(), found.distances(), referenceDistances(pictures));
    }

    /** Returns how far each reference picture's nearest training picture is, in levels. */
    public double[] referenceDistances(RealPictures pictures) {
        if (referenceDistances == null) {
            referenceDistances =
                    NearestPictures.of(pictures.reference(), pictures.training()).distances();
        }
        return referenceDistances;
    }
}
