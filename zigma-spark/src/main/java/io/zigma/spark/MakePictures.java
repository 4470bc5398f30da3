package io.zigma.spark;

import ai.djl.Device;
import com.google.gson.JsonObject;
import io.zigma.condition.InvalidRequestException;
import io.zigma.io.ContentHash;
import io.zigma.media.PngFile;
import io.zigma.pipeline.GeneratedImage;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.ImageGenerator;
import io.zigma.pipeline.Recipe;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.TaskCompletionListener;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/**
 * Makes the pictures of a partition, those of one batch at a time. Rows that follow each other with
 * seeds that do, too, and otherwise the same settings are made at once; that changes the speed and
 * not the pictures.
 */
final class MakePictures implements FlatMapFunction<Iterator<Tuple2<Long, Row>>, Row> {

    private static final long serialVersionUID = 1;

    private final Map<String, SharedModel> models;
    private final GenerationSettings settings;

    /**
     * Prepares, on the driver.
     *
     * @param models by how rows spell them
     * @param settings how to compute
     */
    MakePictures(Map<String, SharedModel> models, GenerationSettings settings) {
        this.models = models;
        this.settings = settings;
    }

    @Override
    public Iterator<Row> call(Iterator<Tuple2<Long, Row>> rows) {
        TaskContext task = TaskContext.get();
        Made made = new Made(rows, task, TaskDevice.of(task));
        // also where the task fails or is killed while somebody else reads the rows
        task.addTaskCompletionListener((TaskCompletionListener) ended -> made.close());
        return made;
    }

    /** The pictures of a partition, made as they are taken. */
    private final class Made implements Iterator<Row>, AutoCloseable {

        private final Iterator<Tuple2<Long, Row>> rows;
        private final TaskContext task;
        private final Device device;
        private final Deque<PictureRequest> ahead = new ArrayDeque<>();
        private final Deque<Row> ready = new ArrayDeque<>();
        private String leasedModel = "";
        private LoadedModel.@Nullable Lease lease;

        Made(Iterator<Tuple2<Long, Row>> rows, TaskContext task, Device device) {
            this.rows = rows;
            this.task = task;
            this.device = device;
        }

        @Override
        public boolean hasNext() {
            return !ready.isEmpty() || !ahead.isEmpty() || rows.hasNext();
        }

        @Override
        public Row next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            if (ready.isEmpty()) {
                make(batch());
            }
            return ready.remove();
        }

        /** Takes requests that can be made at once. */
        private List<PictureRequest> batch() {
            List<PictureRequest> batch = new ArrayList<>();
            batch.add(ahead.isEmpty() ? read() : ahead.remove());
            while (batch.size() < settings.batchSize() && rows.hasNext()) {
                PictureRequest next = read();
                if (!batch.get(batch.size() - 1).goesBefore(next)) {
                    ahead.add(next);
                    break;
                }
                batch.add(next);
            }
            return batch;
        }

        private PictureRequest read() {
            Tuple2<Long, Row> row = rows.next();
            return PictureRequest.of(row._1(), row._2());
        }

        private void make(List<PictureRequest> batch) {
            PictureRequest first = batch.get(0);
            try {
                ImageGenerator generator = generator(first.model());
                GenerationRequest request =
                        first.request()
                                .withPrompts(batch.stream().map(PictureRequest::prompt).toList())
                                .withBatchSize(batch.size())
                                .withListener((done, total) -> requireTime());
                List<GeneratedImage> images = generator.generate(request);
                for (int i = 0; i < images.size(); i++) {
                    ready.add(row(batch.get(i), images.get(i)));
                }
            } catch (InvalidRequestException e) {
                if (batch.size() == 1) {
                    throw new RowException(first.number(), first.key(), e.getMessage());
                }
                batch.forEach(one -> make(List.of(one))); // to know which of them it was
                throw e;
            } catch (IOException e) {
                throw new RowException(
                        first.number(), first.key(), first.model() + ": " + e.getMessage());
            }
        }

        /** Ends a task that Spark does not want any more. */
        private void requireTime() {
            if (task.isInterrupted()) {
                throw new TaskKilledException("the task was killed while it made pictures");
            }
        }

        private ImageGenerator generator(String model) throws IOException {
            if (lease == null || !leasedModel.equals(model)) {
                close();
                SharedModel wanted = models.get(model);
                if (wanted == null) {
                    throw new IOException(
                            "the requests changed while they were read; store them first");
                }
                try {
                    lease = LoadedModel.lease(wanted, device, settings.threads());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new TaskKilledException("the task was killed while it waited");
                }
                leasedModel = model;
            }
            return lease.generator();
        }

        private Row row(PictureRequest request, GeneratedImage image) throws IOException {
            // the very bytes of zigma generate -o item_%d.png
            Map<String, String> recipe = Recipe.together(List.of(image));
            byte[] png = PngFile.bytes(image.picture(), settings.metadata() ? recipe : Map.of());
            JsonObject json = new JsonObject();
            recipe.forEach(json::addProperty);
            return RowFactory.create(
                    request.number(),
                    request.key(),
                    png,
                    HexFormat.of().formatHex(ContentHash.of(png)),
                    json.toString());
        }

        @Override
        public void close() {
            if (lease != null) {
                lease.close();
                lease = null;
            }
        }
    }
}
