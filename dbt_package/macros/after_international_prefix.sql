{#
    What follows the prefix that is dialled to call abroad where it is not 00 alone, such as 011 in
    North America or 810 in Kazakhstan; null when the digits do not begin with it. `make seeds`
    writes this file, see national_number.
#}
-- fmt: off
{% macro after_international_prefix(calling_code, digits) -%}
    case {{ calling_code }}
        when '1' then {{ order_connector.extract_pattern(digits, "^(?:011)([1-9][0-9]*)$") }}
        when '230' then {{ order_connector.extract_pattern(digits, "^(?:0(?:0|[24-7]0|3[03]))([1-9][0-9]*)$") }}
        when '234' then {{ order_connector.extract_pattern(digits, "^(?:009)([1-9][0-9]*)$") }}
        when '235' then {{ order_connector.extract_pattern(digits, "^(?:00|16)([1-9][0-9]*)$") }}
        when '238' then {{ order_connector.extract_pattern(digits, "^(?:0)([1-9][0-9]*)$") }}
        when '248' then {{ order_connector.extract_pattern(digits, "^(?:010|0[0-2])([1-9][0-9]*)$") }}
        when '254' then {{ order_connector.extract_pattern(digits, "^(?:000)([1-9][0-9]*)$") }}
        when '255' then {{ order_connector.extract_pattern(digits, "^(?:00[056])([1-9][0-9]*)$") }}
        when '256' then {{ order_connector.extract_pattern(digits, "^(?:00[057])([1-9][0-9]*)$") }}
        when '354' then {{ order_connector.extract_pattern(digits, "^(?:00|1(?:0(?:01|[12]0)|100))([1-9][0-9]*)$") }}
        when '358' then {{ order_connector.extract_pattern(digits, "^(?:00|99(?:[01469]|5(?:[14]1|3[23]|5[59]|77|88|9[09])))([1-9][0-9]*)$") }}
        when '375' then {{ order_connector.extract_pattern(digits, "^(?:810)([1-9][0-9]*)$") }}
        when '386' then {{ order_connector.extract_pattern(digits, "^(?:00|10(?:22|66|88|99))([1-9][0-9]*)$") }}
        when '51' then {{ order_connector.extract_pattern(digits, "^(?:00|19(?:1[124]|77|90)00)([1-9][0-9]*)$") }}
        when '52' then {{ order_connector.extract_pattern(digits, "^(?:0[09])([1-9][0-9]*)$") }}
        when '53' then {{ order_connector.extract_pattern(digits, "^(?:119)([1-9][0-9]*)$") }}
        when '55' then {{ order_connector.extract_pattern(digits, "^(?:00(?:1[245]|2[1-35]|31|4[13]|[56]5|99))([1-9][0-9]*)$") }}
        when '56' then {{ order_connector.extract_pattern(digits, "^(?:(?:0|1(?:1[0-69]|2[02-5]|5[13-58]|69|7[0167]|8[018]))0)([1-9][0-9]*)$") }}
        when '57' then {{ order_connector.extract_pattern(digits, "^(?:00(?:4(?:[14]4|56)|[579]))([1-9][0-9]*)$") }}
        when '591' then {{ order_connector.extract_pattern(digits, "^(?:00(?:1[0-9])?)([1-9][0-9]*)$") }}
        when '592' then {{ order_connector.extract_pattern(digits, "^(?:001)([1-9][0-9]*)$") }}
        when '598' then {{ order_connector.extract_pattern(digits, "^(?:0(?:0|1[3-9][0-9]))([1-9][0-9]*)$") }}
        when '61' then {{ order_connector.extract_pattern(digits, "^(?:001[14-689]|14(?:1[14]|34|4[17]|[56]6|7[47]|88)0011)([1-9][0-9]*)$") }}
        when '62' then {{ order_connector.extract_pattern(digits, "^(?:00[89])([1-9][0-9]*)$") }}
        when '64' then {{ order_connector.extract_pattern(digits, "^(?:0(?:0|161))([1-9][0-9]*)$") }}
        when '65' then {{ order_connector.extract_pattern(digits, "^(?:0[0-3][0-9])([1-9][0-9]*)$") }}
        when '66' then {{ order_connector.extract_pattern(digits, "^(?:00[1-9])([1-9][0-9]*)$") }}
        when '675' then {{ order_connector.extract_pattern(digits, "^(?:00|140[1-3])([1-9][0-9]*)$") }}
        when '677' then {{ order_connector.extract_pattern(digits, "^(?:0[01])([1-9][0-9]*)$") }}
        when '679' then {{ order_connector.extract_pattern(digits, "^(?:0(?:0|52))([1-9][0-9]*)$") }}
        when '680' then {{ order_connector.extract_pattern(digits, "^(?:01[12])([1-9][0-9]*)$") }}
        when '685' then {{ order_connector.extract_pattern(digits, "^(?:0)([1-9][0-9]*)$") }}
        when '692' then {{ order_connector.extract_pattern(digits, "^(?:011)([1-9][0-9]*)$") }}
        when '7' then {{ order_connector.extract_pattern(digits, "^(?:810)([1-9][0-9]*)$") }}
        when '81' then {{ order_connector.extract_pattern(digits, "^(?:010)([1-9][0-9]*)$") }}
        when '82' then {{ order_connector.extract_pattern(digits, "^(?:00(?:[125689]|3(?:[46]5|91)|7(?:00|27|3|55|6[126])))([1-9][0-9]*)$") }}
        when '850' then {{ order_connector.extract_pattern(digits, "^(?:00|99)([1-9][0-9]*)$") }}
        when '852' then {{ order_connector.extract_pattern(digits, "^(?:00(?:30|5[09]|[126-9]?))([1-9][0-9]*)$") }}
        when '855' then {{ order_connector.extract_pattern(digits, "^(?:00[14-9])([1-9][0-9]*)$") }}
        when '86' then {{ order_connector.extract_pattern(digits, "^(?:00|1(?:[12][0-9]|79)[0-9][0-9]00)([1-9][0-9]*)$") }}
        when '886' then {{ order_connector.extract_pattern(digits, "^(?:0(?:0[25-79]|19))([1-9][0-9]*)$") }}
        when '960' then {{ order_connector.extract_pattern(digits, "^(?:0(?:0|19))([1-9][0-9]*)$") }}
        when '972' then {{ order_connector.extract_pattern(digits, "^(?:0(?:0|1(?:05|[2-9])))([1-9][0-9]*)$") }}
        when '976' then {{ order_connector.extract_pattern(digits, "^(?:001)([1-9][0-9]*)$") }}
        when '992' then {{ order_connector.extract_pattern(digits, "^(?:810)([1-9][0-9]*)$") }}
        when '993' then {{ order_connector.extract_pattern(digits, "^(?:810)([1-9][0-9]*)$") }}
    end
{%- endmacro %}
