package io.zigma.spark;

import ai.djl.Device;
import io.zigma.base.SampleShape;
import io.zigma.eval.EvaluationWork;
import io.zigma.eval.FeatureCache;
import io.zigma.eval.NearestPictures;
import io.zigma.eval.NetworkOutput;
import io.zigma.eval.Pictures;
import io.zigma.eval.feature.ClassifierFolder;
import io.zigma.eval.feature.FeatureExtractor;
import io.zigma.eval.metric.Ball;
import io.zigma.eval.metric.FeatureMatrix;
import io.zigma.eval.metric.FeatureStatistics;
import io.zigma.eval.metric.KernelDistance;
import io.zigma.eval.metric.KernelSubsets;
import io.zigma.eval.metric.PolynomialKernel;
import io.zigma.eval.metric.Prdc;
import io.zigma.eval.metric.StatisticsAccumulator;
import io.zigma.io.ContentHash;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;

/**
 * The work of an evaluation, a block of rows a task. What blocks are compared with is broadcast;
 * results come back in the order of the blocks. Counts, distances and nearest neighbours are
 * exactly those of one machine; means and covariances are merged pairwise in a fixed order.
 */
final class SparkWork implements EvaluationWork {

    /** Rows of a block; a multiple of the batches that networks take, so that they are the same. */
    private static final int BLOCK = 512;

    /** Bytes of pictures that go to a task. */
    private static final int MOST_BYTES = 1 << 24;

    private static final int BATCH = 32;

    private final JavaSparkContext spark;
    private final int threads;
    private final Map<String, LoadedNetworks.Shared> networks = new HashMap<>();

    /**
     * Hands the networks to the executors.
     *
     * @param session where to compute
     * @param classifier the classifier's folder, if there is one
     * @param features the file of another network, if there is one
     * @param threads of the engine of each executor
     * @throws IOException if a network cannot be read
     */
    SparkWork(SparkSession session, Optional<Path> classifier, Optional<Path> features, int threads)
            throws IOException {
        this.spark = new JavaSparkContext(session.sparkContext());
        this.threads = threads;
        if (classifier.isPresent()) {
            ClassifierFolder folder = ClassifierFolder.open(classifier.get());
            Path path = folder.path().toAbsolutePath().normalize();
            Map<String, Path> files = new LinkedHashMap<>();
            files.put(ClassifierFolder.CONFIG, path.resolve(ClassifierFolder.CONFIG));
            files.put(ClassifierFolder.WEIGHTS, path.resolve(ClassifierFolder.WEIGHTS));
            share(folder.weightsHash(), path, files, true);
        }
        if (features.isPresent()) {
            Path path = features.get().toAbsolutePath().normalize();
            String name = String.valueOf(path.getFileName());
            share(ContentHash.ofFile(path), path, Map.of(name, path), false);
        }
    }

    private void share(String hash, Path path, Map<String, Path> files, boolean classifier)
            throws IOException {
        String name = String.valueOf(path.getFileName());
        String archive = "zigma-%s-%s.zip".formatted(hash.substring(0, 32), name);
        SharedFiles.share(
                name, files, SharedFiles.scratch(spark.sc()).resolve(archive), spark.sc());
        networks.put(hash, new LoadedNetworks.Shared(archive, name, classifier, -1, threads));
    }

    /**
     * Some consecutive rows.
     *
     * @param from the first
     * @param to the one after the last
     */
    private record Rows(int from, int to) implements Serializable {

        private static final long serialVersionUID = 1;

        static List<Rows> of(int count, int block) {
            return IntStream.range(0, (count + block - 1) / block)
                    .mapToObj(i -> new Rows(i * block, Math.min(count, (i + 1) * block)))
                    .toList();
        }
    }

    /**
     * Pictures on their way.
     *
     * @param frames of each clip, 0 of pictures
     * @param channels of each
     * @param height of each
     * @param width of each
     * @param levels (N, C, H, W)
     */
    private record Sent(int frames, int channels, int height, int width, byte[] levels)
            implements Serializable {

        private static final long serialVersionUID = 1;

        static Sent of(Pictures pictures) {
            SampleShape each = pictures.sample();
            return new Sent(
                    each.frames(), each.channels(), each.height(), each.width(), pictures.levels());
        }

        Pictures pictures() {
            return Pictures.of(new SampleShape(frames, channels, height, width), levels);
        }
    }

    /**
     * What a network says of a block.
     *
     * @param features a row a picture
     * @param logits likewise, of width 0 where there are none
     */
    private record Said(float[] features, float[] logits, int classes) implements Serializable {

        private static final long serialVersionUID = 1;
    }

    /** Runs a task for each element, and returns their results in the order of the elements. */
    private <T, R> List<R> each(List<T> elements, Function<T, R> task) {
        return spark.parallelize(elements, elements.size()).map(task).collect();
    }

    private static List<Sent> blocks(Pictures pictures) {
        int most = Math.max(1, MOST_BYTES / pictures.elements());
        int block = Math.min(BLOCK, Math.max(BATCH, most / BATCH * BATCH));
        return Rows.of(pictures.count(), block).stream()
                .map(rows -> Sent.of(pictures.slice(rows.from(), rows.to())))
                .toList();
    }

    @Override
    public NetworkOutput output(
            FeatureExtractor network,
            Pictures pictures,
            Device device,
            FeatureCache.Listener listener) {
        LoadedNetworks.Shared shared = networks.get(network.sha256());
        if (shared == null) { // a network that was not handed out
            return NetworkOutput.of(network, pictures, device, listener);
        }
        List<Said> parts = each(blocks(pictures), sent -> said(shared, sent));
        listener.progress(network.name(), pictures.count(), pictures.count());
        int classes = parts.get(0).classes();
        return new NetworkOutput(
                FeatureMatrix.of(
                        network.dimension(), joined(parts.stream().map(Said::features).toList())),
                classes == 0
                        ? Optional.empty()
                        : Optional.of(
                                FeatureMatrix.of(
                                        classes,
                                        joined(parts.stream().map(Said::logits).toList()))));
    }

    private static Said said(LoadedNetworks.Shared asked, Sent sent) throws IOException {
        LoadedNetworks.Shared shared = asked.on(TaskDevice.of(TaskContext.get()));
        FeatureExtractor network = LoadedNetworks.take(shared);
        try {
            NetworkOutput output =
                    NetworkOutput.of(
                            network, sent.pictures(), shared.device(), (name, done, total) -> {});
            return new Said(
                    values(output.features()),
                    output.logits().map(SparkWork::values).orElse(new float[0]),
                    output.logits().map(FeatureMatrix::columns).orElse(0));
        } finally {
            LoadedNetworks.giveBack(shared, network);
        }
    }

    private static float[] values(FeatureMatrix matrix) {
        float[] values = new float[Math.multiplyExact(matrix.rows(), matrix.columns())];
        for (int i = 0; i < values.length; i++) {
            values[i] = matrix.at(i / matrix.columns(), i % matrix.columns());
        }
        return values;
    }

    private static float[] joined(List<float[]> parts) {
        int length = 0;
        for (float[] part : parts) {
            length = Math.addExact(length, part.length);
        }
        float[] all = new float[length];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    @Override
    public NearestPictures.Found nearest(Pictures queries, Pictures points) {
        Broadcast<Sent> known = spark.broadcast(Sent.of(points));
        try {
            int engineThreads = threads;
            List<Nearest> parts =
                    each(
                            blocks(queries),
                            sent -> {
                                LoadedModel.startEngine(engineThreads);
                                NearestPictures.Found found =
                                        NearestPictures.of(
                                                sent.pictures(), known.value().pictures());
                                return new Nearest(found.rows(), found.distances());
                            });
            return new NearestPictures.Found(
                    parts.stream().flatMapToInt(part -> IntStream.of(part.rows())).toArray(),
                    doubles(parts.stream().map(Nearest::distances).toList()));
        } finally {
            known.destroy();
        }
    }

    /**
     * The nearest pictures of a block.
     *
     * @param rows which ones
     * @param distances how far they are
     */
    private record Nearest(int[] rows, double[] distances) implements Serializable {

        private static final long serialVersionUID = 1;
    }

    private static double[] doubles(List<double[]> parts) {
        return parts.stream().flatMapToDouble(Arrays::stream).toArray();
    }

    @Override
    public FeatureStatistics statistics(FeatureMatrix features) {
        int columns = features.columns();
        List<FeatureMatrix> blocks = new ArrayList<>();
        // few and large: a result has D² numbers
        for (Rows rows : Rows.of(features.rows(), Math.max(BLOCK, 4 * columns))) {
            blocks.add(features.slice(rows.from(), rows.to()));
        }
        List<StatisticsAccumulator> parts =
                each(
                        blocks,
                        block -> {
                            StatisticsAccumulator part = new StatisticsAccumulator(block.columns());
                            part.add(block);
                            return part;
                        });
        StatisticsAccumulator all = new StatisticsAccumulator(columns);
        parts.forEach(all::merge);
        return all.statistics();
    }

    @Override
    public KernelDistance kernelDistance(
            FeatureMatrix real,
            FeatureMatrix generated,
            PolynomialKernel kernel,
            KernelSubsets subsets) {
        Broadcast<FeatureMatrix> realRows = spark.broadcast(real);
        Broadcast<FeatureMatrix> generatedRows = spark.broadcast(generated);
        int degree = kernel.degree();
        double gamma = kernel.gamma();
        double coefficient = kernel.coefficient();
        try {
            List<int[][]> pairs =
                    IntStream.range(0, subsets.real().size())
                            .mapToObj(
                                    i ->
                                            new int[][] {
                                                subsets.real().get(i), subsets.generated().get(i)
                                            })
                            .toList();
            return KernelDistance.of(
                    each(
                                    pairs,
                                    pair ->
                                            new PolynomialKernel(degree, gamma, coefficient)
                                                    .discrepancy(
                                                            realRows.value().select(pair[0]),
                                                            generatedRows.value().select(pair[1])))
                            .stream()
                            .mapToDouble(Double::doubleValue)
                            .toArray());
        } finally {
            realRows.destroy();
            generatedRows.destroy();
        }
    }

    @Override
    public Prdc prdc(FeatureMatrix real, FeatureMatrix generated, int k, Ball ball) {
        Broadcast<FeatureMatrix> realRows = spark.broadcast(real);
        Broadcast<FeatureMatrix> generatedRows = spark.broadcast(generated);
        try {
            double[] realRadii = radii(realRows, real.rows(), k);
            double[] generatedRadii = radii(generatedRows, generated.rows(), k);
            List<Prdc.Part> parts =
                    each(
                            Rows.of(real.rows(), BLOCK),
                            rows ->
                                    Prdc.Part.of(
                                            realRows.value().slice(rows.from(), rows.to()),
                                            generatedRows.value(),
                                            Arrays.copyOfRange(realRadii, rows.from(), rows.to()),
                                            generatedRadii,
                                            ball));
            return Prdc.merged(parts, k);
        } finally {
            realRows.destroy();
            generatedRows.destroy();
        }
    }

    private double[] radii(Broadcast<FeatureMatrix> pictures, int count, int k) {
        return doubles(
                each(
                        Rows.of(count, BLOCK),
                        rows -> Prdc.squaredRadii(pictures.value(), rows.from(), rows.to(), k)));
    }
}
