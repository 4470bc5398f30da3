package io.zigma.spark;

import io.zigma.base.SampleShape;
import io.zigma.checkpoint.CodecFolder;
import io.zigma.io.ContentHash;
import io.zigma.text.TextEncoderReference;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.encode.EncodingSettings;
import io.zigma.train.encode.EncodingWork;
import io.zigma.train.encode.SampleEncoder;
import io.zigma.train.encode.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Encodes a span of pictures a task. The driver reads the pictures and sends them, twice as many
 * spans ahead as tasks run at the same time, and takes the results in the order of the pictures.
 */
final class EncodingOnSpark implements EncodingWork {

    /** Bytes of pictures that go to a task. */
    private static final int MOST_BYTES = 1 << 24;

    private static final int MOST_PICTURES = 64;
    private static final int AHEAD = 2;

    private final JavaSparkContext spark;
    private final LoadedEncoder.Shared encoder;

    /**
     * Hands codec and text encoder to the executors.
     *
     * @param session where to compute
     * @param codec encodes pictures
     * @param texts encodes captions, if their tokens are stored
     * @param textFolder the text encoder's folder, where it comes in no artifact
     * @param settings how
     * @param threads of the engine of each executor
     * @throws IOException if a file cannot be read
     */
    EncodingOnSpark(
            SparkSession session,
            CodecFolder codec,
            Optional<TextEncoderReference> texts,
            Optional<Path> textFolder,
            EncodingSettings settings,
            int threads)
            throws IOException {
        this.spark = new JavaSparkContext(session.sparkContext());
        Path path = codec.path().toAbsolutePath().normalize();
        Map<String, Path> files = new LinkedHashMap<>();
        files.put(CodecFolder.CONFIG, path.resolve(CodecFolder.CONFIG));
        files.put(CodecFolder.WEIGHTS, path.resolve(CodecFolder.WEIGHTS));
        LoadedEncoder.Folder sentTexts = null;
        if (texts.isPresent() && textFolder.isPresent()) {
            sentTexts = share(texts.get().hash(), textFolder.get());
        }
        this.encoder =
                new LoadedEncoder.Shared(
                        share(codec.reference().hash(), path, files),
                        texts.map(TextEncoderReference::name).orElse(""),
                        texts.map(TextEncoderReference::hash).orElse(""),
                        sentTexts,
                        settings,
                        threads);
    }

    private LoadedEncoder.Folder share(String hash, Path given) throws IOException {
        Path folder = given.toAbsolutePath().normalize();
        Map<String, Path> files = new LinkedHashMap<>();
        ContentHash content = new ContentHash().add(hash);
        try (Stream<Path> list = Files.list(folder)) {
            for (Path file : list.filter(Files::isRegularFile).sorted().toList()) {
                files.put(String.valueOf(file.getFileName()), file);
                content.add(String.valueOf(file.getFileName()));
            }
        }
        return share(content.hex(), folder, files);
    }

    private LoadedEncoder.Folder share(String hash, Path folder, Map<String, Path> files)
            throws IOException {
        String name = String.valueOf(folder.getFileName());
        String archive = "zigma-%s-%s.zip".formatted(hash.substring(0, 32), name);
        SharedFiles.share(
                name, files, SharedFiles.scratch(spark.sc()).resolve(archive), spark.sc());
        return new LoadedEncoder.Folder(archive, name);
    }

    @Override
    public int span(SampleShape pixels) {
        int most = Math.min(MOST_PICTURES, MOST_BYTES / pixels.size());
        return Math.max(1, most / SampleEncoder.BATCH) * SampleEncoder.BATCH;
    }

    @Override
    public Members encode(ImageDataset data, List<Span> spans) {
        return new Ahead(data, spans, AHEAD * Math.max(1, spark.defaultParallelism()));
    }

    /** Spans that are encoded before they are asked for. */
    private final class Ahead implements Members {

        private final ImageDataset data;
        private final List<Span> spans;
        private final int most;
        private final Deque<JavaFutureAction<List<byte[]>>> running = new ArrayDeque<>();
        private int next;

        Ahead(ImageDataset data, List<Span> spans, int most) {
            this.data = data;
            this.spans = spans;
            this.most = most;
        }

        @Override
        public byte[] next() throws IOException {
            while (running.size() < most && next < spans.size()) {
                running.add(begun(SentPictures.of(data, spans.get(next))));
                next++;
            }
            try {
                return running.remove().get().get(0);
            } catch (ExecutionException e) {
                throw new IOException(
                        RowException.line(e)
                                .orElseGet(() -> String.valueOf(e.getCause().getMessage())),
                        e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while pictures were encoded", e);
            }
        }

        private JavaFutureAction<List<byte[]>> begun(SentPictures pictures) {
            LoadedEncoder.Shared shared = encoder;
            return spark.parallelize(List.of(pictures), 1)
                    .map(sent -> members(shared, sent))
                    .collectAsync();
        }

        @Override
        public void close() {
            running.forEach(job -> job.cancel(true));
            running.clear();
        }
    }

    /** Encodes, on an executor. */
    private static byte[] members(LoadedEncoder.Shared shared, SentPictures sent) {
        TaskContext task = TaskContext.get();
        try {
            return LoadedEncoder.of(shared, TaskDevice.of(task)).members(sent, sent.span());
        } catch (IOException | RuntimeException e) {
            if (task.isInterrupted()) {
                throw new TaskKilledException("the task was killed while it encoded pictures");
            }
            throw new RowException(
                    "pictures %s to %s of %s: %s"
                            .formatted(
                                    sent.span().from(),
                                    sent.span().to() - 1,
                                    sent.name(),
                                    String.valueOf(e.getMessage()).lines().findFirst().orElse("")));
        }
    }
}
