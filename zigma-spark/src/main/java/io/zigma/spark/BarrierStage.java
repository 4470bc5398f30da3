package io.zigma.spark;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import scala.Function1;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** Tasks that run at the same time, or not at all. */
final class BarrierStage {

    /** What Spark calls a barrier stage that does not fit. */
    private static final String TOO_FEW_SLOTS = "SPARK-24819";

    private BarrierStage() {}

    /** What a task does. */
    @FunctionalInterface
    interface Work<T> extends Serializable {
        T run(BarrierTaskContext task);
    }

    /** The cluster cannot run so many tasks at the same time. */
    static final class TooFewSlotsException extends IOException {

        private static final long serialVersionUID = 1;

        TooFewSlotsException(int machines, Throwable cause) {
            super(
                    "the cluster cannot run %s tasks at the same time; use fewer --machines"
                            .formatted(machines),
                    cause);
        }
    }

    /**
     * Runs tasks, each in its slot.
     *
     * @param machines how many
     * @param type of the results
     * @param work what each does
     * @return a result a task, in their order
     * @throws TooFewSlotsException if there are not so many slots
     */
    static <T> List<T> run(SparkSession session, int machines, Class<T> type, Work<T> work)
            throws TooFewSlotsException {
        List<Integer> numbers = IntStream.range(0, machines).boxed().toList();
        ClassTag<T> tag = ClassTag$.MODULE$.apply(type);
        Function1<Iterator<Integer>, Iterator<T>> task =
                (Function1<Iterator<Integer>, Iterator<T>> & Serializable)
                        rows ->
                                CollectionConverters.asScala(
                                        List.of(work.run(BarrierTaskContext.get())).iterator());
        try {
            return new JavaRDD<>(
                            new JavaSparkContext(session.sparkContext())
                                    .parallelize(numbers, machines)
                                    .rdd()
                                    .barrier()
                                    .mapPartitions(task, false, tag),
                            tag)
                    .collect();
        } catch (Exception e) { // Scala throws checked exceptions that Java cannot see
            if (String.valueOf(e.getMessage()).contains(TOO_FEW_SLOTS)) {
                throw new TooFewSlotsException(machines, e);
            }
            throw e;
        }
    }
}
