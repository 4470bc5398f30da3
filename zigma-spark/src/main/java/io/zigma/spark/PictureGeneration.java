package io.zigma.spark;

import io.zigma.checkpoint.CheckpointFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.Partitioner;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/**
 * Pictures of the rows of a DataFrame: request number i and its seed decide picture number i, and
 * nothing else does. Which executor makes it, in which batch and at which attempt changes nothing.
 */
public final class PictureGeneration {

    /** Finds the checkpoint that a row names. */
    @FunctionalInterface
    public interface ModelOpener {

        /**
         * Opens a checkpoint, on the driver.
         *
         * @param model as the row spells it
         * @return the checkpoint
         * @throws IOException if there is none
         */
        CheckpointFolder open(String model) throws IOException;
    }

    private PictureGeneration() {}

    /**
     * Makes pictures when they are asked for, a task for each shard.
     *
     * @param requests rows with columns of {@link RequestSchema#REQUESTS}; read several times, also
     *     to count them: store first what does not come out the same each time
     * @param settings how to compute
     * @return rows with columns of {@link RequestSchema#PICTURES} in the order of the requests,
     *     whose partitions are the shards
     * @throws IllegalArgumentException if there is no request, columns are missing or unknown, or
     *     requests have the same key
     * @throws IOException if a model cannot be read
     */
    public static Dataset<Row> of(Dataset<Row> requests, GenerationSettings settings)
            throws IOException {
        return of(requests, settings, model -> CheckpointFolder.open(Path.of(model)));
    }

    /**
     * Makes pictures with models that are found in a way of the caller's.
     *
     * @param requests rows with columns of {@link RequestSchema#REQUESTS}
     * @param settings how to compute
     * @param opener finds the models that rows name
     * @return rows with columns of {@link RequestSchema#PICTURES}
     * @throws IllegalArgumentException if there is no request, columns are missing or unknown, or
     *     requests have the same key
     * @throws IOException if a model cannot be read
     */
    public static Dataset<Row> of(
            Dataset<Row> requests, GenerationSettings settings, ModelOpener opener)
            throws IOException {
        RequestSchema.require(requests.schema());
        SparkSession spark = requests.sparkSession();
        Map<String, SharedModel> models = models(requests, settings, opener);
        JavaPairRDD<Long, Row> numbered =
                requests.toJavaRDD().zipWithIndex().mapToPair(Tuple2::swap);
        long count = requests.count();
        if (count == 0) {
            throw new IllegalArgumentException("there is no request; give at least one row");
        }
        requireDifferentKeys(requests);
        int shards = Math.toIntExact((count + settings.shardSize() - 1) / settings.shardSize());
        JavaRDD<Row> pictures =
                numbered.repartitionAndSortWithinPartitions(
                                new Shards(settings.shardSize(), shards))
                        .mapPartitions(new MakePictures(models, settings));
        return spark.createDataFrame(pictures, RequestSchema.PICTURES);
    }

    /** Files of one name replace each other, in a shard's folder as where shards are unpacked. */
    private static void requireDifferentKeys(Dataset<Row> requests) {
        if (requests.schema().getFieldIndex(RequestSchema.KEY).isEmpty()) {
            return;
        }
        List<Row> twice =
                requests.groupBy(RequestSchema.KEY)
                        .count()
                        .where("count > 1 and %s is not null".formatted(RequestSchema.KEY))
                        .orderBy(RequestSchema.KEY)
                        .takeAsList(1);
        if (!twice.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s requests have the key '%s'; keys name files, so they must differ"
                            .formatted(twice.get(0).getLong(1), twice.get(0).get(0)));
        }
    }

    private static Map<String, SharedModel> models(
            Dataset<Row> requests, GenerationSettings settings, ModelOpener opener)
            throws IOException {
        SparkContext spark = requests.sparkSession().sparkContext();
        Path scratch = SharedFiles.scratch(spark);
        Map<String, SharedModel> models = new HashMap<>();
        for (Row row : requests.select(RequestSchema.MODEL).distinct().collectAsList()) {
            if (row.isNullAt(0)) {
                continue; // the row is refused by its number
            }
            String model = row.getString(0);
            models.put(
                    model,
                    SharedModel.share(opener.open(model), settings.precision(), scratch, spark));
        }
        return models;
    }

    /** Shard number i has the rows from i · size on. */
    private static final class Shards extends Partitioner {

        private static final long serialVersionUID = 1;

        private final int size;
        private final int count;

        Shards(int size, int count) {
            this.size = size;
            this.count = count;
        }

        @Override
        public int numPartitions() {
            return count;
        }

        @Override
        public int getPartition(Object key) {
            return (int) ((Long) key / size);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Shards shards && shards.size == size && shards.count == count;
        }

        @Override
        public int hashCode() {
            return 31 * size + count;
        }
    }
}
